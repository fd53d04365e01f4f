// SPDX-License-Identifier: Apache-2.0
#include "lib/modules.h"
#include "check.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char aliases[] = "# Aliases extracted from modules themselves.\n"
			      "alias pci:v00008086d*sv*sd*bc01sc06i01* ahci\n"
			      "alias pci:v*d*sv*sd*bc01sc08i02* nvme\n"
			      "alias virtio:d00000002v* virtio_blk\n"
			      "alias virtio:d00000002v* virtio_blk\n"
			      "alias virtio:d00000002v0000554* other_blk\n"
			      "alias acpi*:LNRO0005:* virtio_mmio\n"
			      "alias of:N*T*Cvirtio,mmio[ab] by_set\n"
			      "alias broken\n"
			      "options x y\n"
			      "alias fs-ext4 ext4";

static const struct {
	const char *name, *modalias, *want;
} devices[] = {
	{ "a class of devices", "pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02", "nvme" },
	{ "vendor and class", "pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01", "ahci" },
	{ "the same module once, others too", "virtio:d00000002v00005541", "virtio_blk other_blk" },
	{ "a star before the colon", "acpi:LNRO0005:", "virtio_mmio" },
	{ "a set", "of:NxTyCvirtio,mmiob", "by_set" },
	{ "not in the set", "of:NxTyCvirtio,mmioc", "" },
	{ "the last line without its end", "fs-ext4", "ext4" },
	{ "no module", "usb:v1D6Bp0002", "" },
	{ "empty", "", "" },
};

static const char dependencies[] =
	"kernel/drivers/nvme/host/nvme-core.ko:\n"
	"kernel/drivers/nvme/host/nvme.ko: kernel/drivers/nvme/host/nvme-core.ko\n"
	"kernel/drivers/scsi/a.ko: kernel/b.ko kernel/c.ko\n"
	"kernel/zip.ko.zst: kernel/b.ko\n"
	"no-colon.ko\n"
	"kernel/last.ko: kernel/b.ko";

static const struct {
	const char *name, *module;
	int error;
	const char *want;
} orders[] = {
	{ "alone", "nvme_core", 0, "kernel/drivers/nvme/host/nvme-core.ko" },
	{ "dash and underscore are the same", "nvme-core", 0,
	  "kernel/drivers/nvme/host/nvme-core.ko" },
	{ "a name that begins like another", "nvme", 0,
	  "kernel/drivers/nvme/host/nvme-core.ko kernel/drivers/nvme/host/nvme.ko" },
	{ "the last dependency first", "a", 0, "kernel/c.ko kernel/b.ko kernel/drivers/scsi/a.ko" },
	{ "compressed", "zip", 0, "kernel/b.ko kernel/zip.ko.zst" },
	{ "the last line without its end", "last", 0, "kernel/b.ko kernel/last.ko" },
	{ "unknown", "nv", -ENOENT, "" },
	{ "a line without colon", "no_colon", -ENOENT, "" },
	{ "empty", "", -ENOENT, "" },
};

static void check_devices(void)
{
	for (size_t i = 0; i < ROWS(devices); i++) {
		struct module_names names;
		char got[256] = "";

		modules_for_device(aliases, devices[i].modalias, &names);
		for (size_t n = 0; n < names.count; n++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
				 n > 0 ? " " : "", names.names[n]);
		CHECK_TEXT(devices[i].name, got, devices[i].want);
	}
}

static void check_orders(void)
{
	for (size_t i = 0; i < ROWS(orders); i++) {
		struct module_paths paths = { 0 };
		char got[600] = "";

		CHECK_NUMBER(orders[i].name,
			     modules_load_order(dependencies, orders[i].module, &paths),
			     orders[i].error);
		for (size_t n = 0; n < paths.count; n++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
				 n > 0 ? " " : "", paths.paths[n]);
		CHECK_TEXT(orders[i].name, got, orders[i].want);
	}
}

/* Lists at and beyond the limits. */
static void check_limits(void)
{
	char list[MODULES_PER_DEVICE_MAX * 40 + 400] = "",
						line[MODULE_DEPENDS_MAX * 8 + 400] = "x.ko:";
	char longest[MODULE_PATH_BYTES + 16];
	struct module_names names;
	struct module_paths paths;

	for (int i = 0; i <= MODULES_PER_DEVICE_MAX; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "alias bus:* module%d\n",
			 i);
	modules_for_device(list, "bus:x", &names);
	CHECK_NUMBER("more modules than we take", names.count, MODULES_PER_DEVICE_MAX);
	for (int i = 0; i < MODULE_DEPENDS_MAX; i++)
		strcat(line, " d.ko");
	CHECK_NUMBER("as many dependencies as we take", modules_load_order(line, "x", &paths), 0);
	strcat(line, " d.ko");
	CHECK_NUMBER("one more", modules_load_order(line, "x", &paths), -E2BIG);
	memset(longest, 'p', sizeof(longest));
	memcpy(longest + MODULE_PATH_BYTES - 6, "/x.ko:", 7);
	CHECK_NUMBER("a path that fits", modules_load_order(longest, "x", &paths), 0);
	memset(longest, 'p', sizeof(longest));
	memcpy(longest + MODULE_PATH_BYTES - 5, "/x.ko:", 7);
	CHECK_NUMBER("a path that does not", modules_load_order(longest, "x", &paths), -E2BIG);
}

SUITE(modules)
{
	check_devices();
	check_orders();
	check_limits();
}
