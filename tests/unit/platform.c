// SPDX-License-Identifier: Apache-2.0
/* Where a machine's first config is: clouds, SMBIOS strings, labels of file systems. */
#include "lib/platform.h"
#include "check.h"
#include "lib/fslabel.h"
#include "lib/smbios.h"
#include <errno.h>
#include <string.h>

static const struct {
	struct dmi dmi;
	const char *want; /* NULL: none */
} machines[] = {
	{ { .vendor = "Amazon EC2", .product = "t3.micro" }, "aws" },
	{ { .vendor = "DigitalOcean", .product = "Droplet" }, "digitalocean" },
	{ { .vendor = "Google", .product = "Google Compute Engine" }, "gcp" },
	{ { .vendor = "Hetzner", .product = "vServer" }, "hetzner" },
	{ { .vendor = "OpenStack Foundation", .product = "OpenStack Nova" }, "openstack" },
	{ { .vendor = "Red Hat", .product = "OpenStack Compute" }, "openstack" },
	{ { .product = "OpenStack Nova" }, "openstack" },
	{ { .vendor = "x", .chassis_tag = "OpenTelekomCloud" }, "openstack" },
	{ { .vendor = "Packet" }, "packet" },
	{ { .vendor = "Supermicro", .board_vendor = "Packet" }, "packet" },
	{ { .vendor = "QEMU", .product = "Standard PC (Q35 + ICH9, 2009)" }, NULL },
	{ { .vendor = "Not Amazon EC2" }, NULL },
	{ { .product = "Amazon EC2" }, NULL },
	{ { .vendor = "" }, NULL },
};

static const struct {
	const char *name, *want; /* NULL: none; "?": not known */
} by_name[] = {
	{ "aws", "aws" },
	{ "ec2", "aws" },
	{ "gcp", "gcp" },
	{ "gce", "gcp" },
	{ "packet", "packet" },
	{ "equinixmetal", "packet" },
	{ "openstack", "openstack" },
	{ "metal", NULL },
	{ "qemu", NULL },
	{ "file", NULL },
	{ "azure", "?" },
	{ "AWS", "?" },
	{ "", "?" },
};

static const struct {
	const char *text;
	bool config;
} user_data[] = {
	{ "{}", true },
	{ " ", true },
	{ "#", true },
	{ "#cloud-confi", true },
	{ "#cloud-config", false },
	{ "#!/bin/sh", false },
	{ "#!", false },
	{ "", false },
};

/* Strings of an OEM structure: header of five bytes unless another is said. */
#define OEM "\x0b\x05\x00\x00\x02"
static const struct {
	const char *name, *raw;
	size_t size;
	int want;
	const char *value;
} oem[] = {
#define ROW(name, raw, want, value) { name, raw, sizeof(raw), want, value }
	ROW("one", OEM "k=v\0", 0, "v"),
	ROW("second", OEM "a\0k=v\0", 0, "v"),
	ROW("first counts", OEM "k=v\0k=w\0", 0, "v"),
	ROW("empty value", OEM "k=\0", 0, ""),
	ROW("absent", OEM "a\0b\0", -ENOENT, NULL),
	ROW("behind the end", OEM "a\0\0k=v\0", -ENOENT, NULL),
	ROW("no strings", OEM "\0", -ENOENT, NULL),
	ROW("longer header", "\x0b\x07\x00\x00\x02xxk=v\0", 0, "v"),
	ROW("another type", "\x0c\x05\x00\x00\x02k=v\0", -EBADMSG, NULL),
	ROW("header too short", "\x0b\x04\x00\x00\x02k=v\0", -EBADMSG, NULL),
	ROW("header too long", "\x0b\xff\x00\x00\x02k=v\0", -EBADMSG, NULL),
#undef ROW
	{ "cut in a string", OEM "k=v", 8, -EBADMSG, NULL },
	{ "cut in the header", OEM, 4, -EBADMSG, NULL },
	{ "nothing behind the header", OEM, 5, -ENOENT, NULL },
	{ "nothing", "", 0, -EBADMSG, NULL },
};

static void check_oem(void)
{
	for (size_t i = 0; i < ROWS(oem); i++) {
		const char *value = NULL;
		size_t size = 0;
		int r = smbios_oem_string(oem[i].raw, oem[i].size, "k=", &value, &size);

		CHECK_NUMBER(oem[i].name, r, oem[i].want);
		CHECK(oem[i].name, r < 0 || (size == strlen(oem[i].value) &&
					     memcmp(value, oem[i].value, size) == 0));
	}
}

static const struct {
	const char *name, *mark;
	size_t mark_at, label_at;
	const char *label, *type, *want;
} file_systems[] = {
	{ "ext4", "\x53\xef", 1080, 1144, "ignition", "ext4", "ignition" },
	{ "ext4, full", "\x53\xef", 1080, 1144, "0123456789abcdefX", "ext4", "0123456789abcdef" },
	{ "FAT32", "FAT32   ", 82, 71, "IGNITION   F", "vfat", "IGNITION" },
	{ "FAT16", "FAT16   ", 54, 43, "CONFIG-2   ", "vfat", "CONFIG-2" },
	{ "FAT12", "FAT12   ", 54, 43, "NO NAME    ", "vfat", "NO NAME" },
	{ "ISO 9660",
	  "\x01"
	  "CD001",
	  32768, 32808, "config-2                        x", "iso9660", "config-2" },
	{ "without a name", "\x53\xef", 1080, 1144, "", "ext4", "" },
};

static void check_labels(void)
{
	static char start[FSLABEL_BYTES];
	struct fslabel got;

	memset(start, 0, sizeof(start));
	CHECK_NUMBER("blank", fslabel_read(start, sizeof(start), &got), -ENOENT);
	for (size_t i = 0; i < ROWS(file_systems); i++) {
		const char *name = file_systems[i].name;
		size_t end = file_systems[i].mark_at + strlen(file_systems[i].mark);

		memset(start, 0, sizeof(start));
		memcpy(start + file_systems[i].label_at, file_systems[i].label,
		       strlen(file_systems[i].label));
		memcpy(start + file_systems[i].mark_at, file_systems[i].mark,
		       strlen(file_systems[i].mark));
		if (!CHECK_NUMBER(name, fslabel_read(start, sizeof(start), &got), 0))
			continue;
		CHECK_TEXT(name, got.type, file_systems[i].type);
		CHECK_TEXT(name, got.label, file_systems[i].want);
		CHECK_NUMBER(name, fslabel_read(start, end - 1, &got), -ENOENT);
	}
}

SUITE(platform)
{
	for (size_t i = 0; i < ROWS(machines); i++) {
		const struct platform *got = platform_detect(&machines[i].dmi);

		CHECK_TEXT(machines[i].dmi.vendor, got ? got->id : "-",
			   machines[i].want ? machines[i].want : "-");
	}
	for (size_t i = 0; i < ROWS(by_name); i++) {
		const struct platform *got = NULL;
		int r = platform_named(by_name[i].name, &got);

		CHECK_TEXT(by_name[i].name,
			   r < 0 ? "?"
			   : got ? got->id
				 : "-",
			   by_name[i].want ? by_name[i].want : "-");
	}
	for (size_t i = 0; i < ROWS(user_data); i++)
		CHECK(user_data[i].text,
		      !platform_not_a_config(user_data[i].text, strlen(user_data[i].text)) ==
			      user_data[i].config);
	check_oem();
	check_labels();
}
