// SPDX-License-Identifier: Apache-2.0
#include "lib/disklist.h"
#include "check.h"
#include <errno.h>
#include <string.h>

static const struct {
	const char *text;
	int want;
	enum disk_key key;
	const char *value;
} forms[] = {
	{ "/dev/vda", 0, DISK_PATH, "/dev/vda" },
	{ "/dev/disk/by-id/x", 0, DISK_PATH, "/dev/disk/by-id/x" },
	{ "serial=S 1", 0, DISK_SERIAL, "S 1" },
	{ "match=^vd", 0, DISK_REGEX, "^vd" },
	{ "/dev/", 0, DISK_PATH, "/dev/" },
	{ "serial=", -EINVAL, DISK_UNSAID, NULL },
	{ "match=", -EINVAL, DISK_UNSAID, NULL },
	{ "vda", -EINVAL, DISK_UNSAID, NULL },
	{ "", -EINVAL, DISK_UNSAID, NULL },
};

static const struct disklist list = {
	.count = 3,
	.disks = {
		{ .id.name = "nvme0n1", .id.model = "ACME fast 2000", .id.serial = "A1", .id.wwid = "eui.01", .path = "pci0000:00/x" },
		{ .id.name = "nvme1n1", .id.model = "ACME fast 2000", .id.serial = "A2", .id.wwid = "eui.02", .path = "pci0000:01/x" },
		{ .id.name = "sda", .id.model = "Spin", .path = "pci0000:02/ata1" },
	},
};

static const struct {
	const char *name;
	enum disk_key key;
	const char *value;
	int want;
	const char *chosen;
} choices[] = {
	{ "a serial number", DISK_SERIAL, "A2", 0, "nvme1n1" },
	{ "a part of one", DISK_SERIAL, "A", -ENOENT, "" },
	{ "a name", DISK_REGEX, "^sda ", 0, "sda" },
	{ "where it is", DISK_REGEX, "pci0000:01", 0, "nvme1n1" },
	{ "a model with blanks", DISK_REGEX, "ACME_fast.* A1 ", 0, "nvme0n1" },
	{ "one without a serial number", DISK_REGEX, "^[^ ]+ Spin - - ", 0, "sda" },
	{ "several", DISK_REGEX, "ACME", -ENOTUNIQ, "" },
	{ "all", DISK_REGEX, ".", -ENOTUNIQ, "" },
	{ "none", DISK_REGEX, "^vda ", -ENOENT, "" },
	{ "not an expression", DISK_REGEX, "(", -EINVAL, "" },
};

SUITE(disklist)
{
	struct error error = { 0 };
	char line[DISKLIST_LINE_BYTES];

	for (size_t i = 0; i < ROWS(forms); i++) {
		struct disk_wanted wanted = { DISK_UNSAID, NULL };

		CHECK_NUMBER(forms[i].text, disk_wanted_parse(forms[i].text, &wanted, NULL),
			     forms[i].want);
		CHECK_NUMBER(forms[i].text, wanted.key, forms[i].key);
		if (forms[i].value)
			CHECK_TEXT(forms[i].text, wanted.value, forms[i].value);
	}
	for (size_t i = 0; i < ROWS(choices); i++) {
		const struct disk_wanted wanted = { choices[i].key, choices[i].value };
		const struct disk *disk = NULL;

		CHECK_NUMBER(choices[i].name, disklist_choose(&list, &wanted, &disk, &error),
			     choices[i].want);
		CHECK_TEXT(choices[i].name, disk ? disk->id.name : "", choices[i].chosen);
		if (choices[i].want == -ENOTUNIQ)
			CHECK(choices[i].name, strstr(error.text, "nvme0n1 nvme1n1") != NULL);
	}
	disk_line(&list.disks[0], line);
	CHECK_TEXT("line", line, "nvme0n1 ACME_fast_2000 A1 eui.01 pci0000:00/x");
}
