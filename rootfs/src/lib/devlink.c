// SPDX-License-Identifier: Apache-2.0
/* See devlink.h. Must never let a name that is not complete match. */
#include "lib/devlink.h"
#include "lib/text.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *folder;
	enum devlink_kind kind;
} folders[] = {
	{ "/dev/disk/by-partlabel/", DEVLINK_PARTLABEL },
	{ "/dev/disk/by-partuuid/", DEVLINK_PARTUUID },
	{ "/dev/disk/by-label/", DEVLINK_LABEL },
	{ "/dev/disk/by-uuid/", DEVLINK_UUID },
	{ "/dev/disk/by-id/", DEVLINK_ID },
	{ "/dev/mapper/", DEVLINK_MAPPER },
	{ "/dev/md/", DEVLINK_RAID },
};

/* udev writes what could be trouble as \xHH. */
static int undo_escapes(const char *text, char ret[DEVLINK_VALUE_BYTES])
{
	size_t used = 0;

	while (*text != '\0') {
		char digits[3] = { 0 };
		uint8_t byte = (uint8_t)*text;
		size_t taken = 1;

		if (text_starts(text, "\\x") && text[2] != '\0') {
			memcpy(digits, text + 2, 2);
			if (text_to_bytes(digits, &byte, 1) == 0 && byte != 0)
				taken = 4;
		}
		if (used + 1 >= DEVLINK_VALUE_BYTES)
			return -ENAMETOOLONG;
		ret[used++] = taken == 1 ? *text : (char)byte;
		text += taken;
	}
	ret[used] = '\0';
	return 0;
}

/* Takes -partN off the end. */
static void split_partition(struct devlink *link)
{
	char *dash = strrchr(link->value, '-');
	uint64_t number;

	if (!dash || !text_starts(dash, "-part") || text_to_number(dash + 5, 4096, &number) < 0)
		return;
	*dash = '\0';
	link->partition = (unsigned)number;
}

int devlink_parse(const char *path, struct devlink *ret, struct error *error)
{
	struct devlink link = { .kind = DEVLINK_NODE };
	const char *value = path;

	if (!text_starts(path, "/dev/"))
		return error_set(error, -EINVAL, "%s: not a device", path);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (text_starts(path, folders[i].folder)) {
			link.kind = folders[i].kind;
			value = path + strlen(folders[i].folder);
		}
	if (link.kind == DEVLINK_NODE && text_starts(path, "/dev/disk/by-"))
		return error_set(error, -EOPNOTSUPP,
				 "%s: of /dev/disk only by-partlabel, by-partuuid, by-label, "
				 "by-uuid and by-id are known here",
				 path);
	if (undo_escapes(value, link.value) < 0)
		return error_set(error, -ENAMETOOLONG, "the name of the device is too long");
	if (link.kind == DEVLINK_ID)
		split_partition(&link);
	if (link.kind == DEVLINK_ID && strcmp(link.value, "coreos-boot-disk") == 0)
		link.kind = DEVLINK_BOOT_DISK;
	*ret = link;
	return 0;
}

/* White space at the ends goes, each run within becomes one '_', as udev does it. */
static void append_clean(char *out, size_t room, const char *text)
{
	size_t used = strlen(out);
	bool gap = false, any = false;

	for (; *text != '\0' && used + 2 < room; text++) {
		if (*text == ' ' || *text == '\t' || *text == '\n') {
			gap = true;
			continue;
		}
		if (gap && any)
			out[used++] = '_';
		gap = false;
		any = true;
		out[used++] = *text == '/' ? '_' : *text;
	}
	out[used] = '\0';
}

static bool is_joined(const char *name, const char *prefix, const char *model, const char *serial)
{
	char joined[512];

	if (serial[0] == '\0')
		return false;
	snprintf(joined, sizeof(joined), "%s", prefix);
	append_clean(joined, sizeof(joined), model);
	if (model[0] != '\0')
		append_clean(joined, sizeof(joined), "_");
	append_clean(joined, sizeof(joined), serial);
	return strcmp(joined, name) == 0;
}

/* SCSI's names: "naa.…" and "eui.…" are world-wide ones, "t10.ATA" is model and serial of a SATA
 * disk in columns. */
static bool is_wwid(const char *name, const char *wwid)
{
	char joined[512];

	if (text_starts(wwid, "naa.") || text_starts(wwid, "eui.")) {
		snprintf(joined, sizeof(joined), "wwn-0x%s", wwid + 4);
		if (strcmp(joined, name) == 0)
			return true;
		snprintf(joined, sizeof(joined), "nvme-%s", wwid);
		return strcmp(joined, name) == 0;
	}
	return text_starts(wwid, "t10.ATA ") && is_joined(name, "ata-", "", wwid + 8);
}

bool devlink_is_id(const struct devlink *link, const struct devlink_disk *disk)
{
	const char *name = link->value;

	if (disk->mapper[0] != '\0')
		return is_joined(name, "dm-name-", "", disk->mapper);
	if (text_starts(disk->name, "vd"))
		return is_joined(name, "virtio-", "", disk->serial);
	if (text_starts(disk->name, "nvme") && is_joined(name, "nvme-", disk->model, disk->serial))
		return true;
	return is_wwid(name, disk->wwid);
}
