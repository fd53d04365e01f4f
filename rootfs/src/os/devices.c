// SPDX-License-Identifier: Apache-2.0
/* See devices.h. Must never write, and never choose between several devices of one name. */
#include "os/devices.h"
#include "lib/devlink.h"
#include "lib/text.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "os/spawn.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define CLASS "/sys/class/block"
#define BLKID_NOTHING 2
#define BLKID_AMBIVALENT 8

/* blkid says "nothing" of a device without signatures, of one with several (2.41; older ones have a
 * code for that) and of one that it cannot read: wipefs tells the first from the others. */
static int check_nothing(const char *path, struct error *error)
{
	char program[SPAWN_PATH_BYTES];
	const char *const argv[] = { program, "--noheadings", "--output", "TYPE", path, NULL };
	struct spawn_io io = { 0 };
	int r = spawn_find("wipefs", program, error);

	if (r == 0)
		r = spawn_io(argv, 0, &io, error);
	if (r == 0 && io.output_bytes > 0)
		r = error_set(error, -ENOTUNIQ, "it holds signatures of several kinds: %.*s",
			      (int)strcspn(io.output, "\n"), io.output);
	free(io.output);
	return r;
}

int devices_probe(const char *device, const char *type, struct signature *ret, struct error *error)
{
	char program[SPAWN_PATH_BYTES], path[DEVICE_NAME_BYTES + 8];
	const char *argv[] = { program, "-p", "-o", "export", path, NULL, NULL, NULL };
	struct spawn_io io = { 0 };
	int r = spawn_find("blkid", program, error);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "/dev/%s", device);
	if (type) {
		argv[5] = "-n";
		argv[6] = type;
	}
	r = spawn_io(argv, BLKID_AMBIVALENT, &io, error);
	if (r < 0)
		return r;
	AUTO_FREE char *output = io.output;
	if (r != 0 && r != BLKID_NOTHING && r != BLKID_AMBIVALENT)
		return error_set(error, -EIO, "blkid: exit status %d for %s", r, path);
	if (r != 0 && !type && (r = check_nothing(path, error)) < 0)
		return r;
	signature_parse(output, ret);
	return 0;
}

/* A search over all devices: what is looked for, and the one that was found. */
struct search {
	const struct devlink *link;
	char (*ret)[DEVICE_NAME_BYTES];
	bool found;
	struct error *error;
};

static int keep(struct search *search, const char *device)
{
	if (search->found && strcmp(*search->ret, device) != 0)
		return error_set(search->error, -ENOTUNIQ, "%s and %s both have this name",
				 *search->ret, device);
	search->found = true;
	return text_copy(*search->ret, DEVICE_NAME_BYTES, device, strlen(device));
}

static int each_device(struct search *search, int (*look)(struct search *, const char *device))
{
	DIR *folder = opendir(CLASS);
	struct dirent *entry;
	uint64_t sectors;
	int r = 0;

	if (!folder)
		return error_errno(search->error, "open " CLASS);
	while (r == 0 && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' &&
		    blockdev_sectors(entry->d_name, &sectors, NULL) == 0 && sectors > 0)
			r = look(search, entry->d_name);
	closedir(folder);
	return r;
}

/* The partition of a disk that has that number. */
static int partition_named(const char *disk, unsigned number, char ret[DEVICE_NAME_BYTES])
{
	struct partition_table *table = malloc(sizeof(*table));
	int r = table ? blockdev_partitions(table, NULL) : -ENOMEM;
	bool found = false;

	for (size_t i = 0; r == 0 && i < table->count && !found; i++) {
		const struct partition *row = &table->rows[i];

		found = row->number == number && strcmp(row->disk, disk) == 0;
		if (found)
			memcpy(ret, row->device, DEVICE_NAME_BYTES);
	}
	free(table);
	return r == 0 && !found ? -ENOENT : r;
}

static bool entry_has(const struct gpt_entry *entry, const struct devlink *link)
{
	char text[GPT_LABEL_BYTES];
	uint8_t id[GUID_BYTES];

	if (link->kind == DEVLINK_PARTUUID)
		return guid_parse(link->value, id) == 0 && memcmp(id, entry->id, sizeof(id)) == 0;
	gpt_label(entry, text);
	return text[0] != '\0' && strcmp(text, link->value) == 0;
}

static int look_into_table(struct search *search, const char *device)
{
	char disk[DEVICE_NAME_BYTES], partition[DEVICE_NAME_BYTES];
	uint32_t sector_bytes;
	uint64_t sectors;
	struct gpt gpt;
	int r = 0;

	if (blockdev_disk(device, disk) < 0 || strcmp(disk, device) != 0 ||
	    blockdev_gpt(disk, &gpt, &sector_bytes, &sectors, NULL) < 0)
		return 0;
	for (uint32_t i = 0; i < gpt.entry_count && r == 0; i++)
		if (gpt.entries[i].first_lba > 0 && entry_has(&gpt.entries[i], search->link) &&
		    partition_named(disk, i + 1, partition) == 0)
			r = keep(search, partition);
	return r;
}

/* A device that cannot be read now, or holds several things, has no name. */
static int look_at_signature(struct search *search, const char *device)
{
	struct signature found;
	const char *has;

	if (devices_probe(device, NULL, &found, NULL) < 0)
		return 0;
	has = search->link->kind == DEVLINK_UUID ? found.uuid : found.label;
	return has[0] != '\0' && strcmp(has, search->link->value) == 0 ? keep(search, device) : 0;
}

int devices_describe(const char *device, struct devlink_disk *ret)
{
	int r = text_copy(ret->name, sizeof(ret->name), device, strlen(device));

	if (r < 0)
		return r;
	blockdev_attribute(device, "serial", ret->serial, sizeof(ret->serial));
	if (ret->serial[0] == '\0')
		blockdev_attribute(device, "device/serial", ret->serial, sizeof(ret->serial));
	blockdev_attribute(device, "device/model", ret->model, sizeof(ret->model));
	blockdev_attribute(device, "wwid", ret->wwid, sizeof(ret->wwid));
	if (ret->wwid[0] == '\0')
		blockdev_attribute(device, "device/wwid", ret->wwid, sizeof(ret->wwid));
	blockdev_attribute(device, "dm/name", ret->mapper, sizeof(ret->mapper));
	return 0;
}

static int look_at_id(struct search *search, const char *device)
{
	struct devlink_disk disk = { 0 };
	char partition[DEVICE_NAME_BYTES];

	if (devices_describe(device, &disk) < 0)
		return 0;
	if (!devlink_is_id(search->link, &disk))
		return 0;
	if (search->link->partition == 0)
		return keep(search, device);
	return partition_named(device, search->link->partition, partition) == 0
		       ? keep(search, partition)
		       : 0;
}

static int look_at_mapper(struct search *search, const char *device)
{
	char name[128];

	blockdev_attribute(device, "dm/name", name, sizeof(name));
	return strcmp(name, search->link->value) == 0 ? keep(search, device) : 0;
}

/* mdadm makes the link when it starts an array; one that the kernel started has none. An array's
 * name is HOST:NAME, or NAME. */
static int look_at_array(struct search *search, const char *device)
{
	char program[SPAWN_PATH_BYTES], path[DEVICE_NAME_BYTES + 8];
	const char *const argv[] = { program, "--detail", "--export", path, NULL };
	struct spawn_io io = { 0 };
	struct raid_member array;
	const char *colon;
	int r = 0;

	if (!text_starts(device, "md") || spawn_find("mdadm", program, NULL) < 0)
		return 0;
	snprintf(path, sizeof(path), "/dev/%s", device);
	if (spawn_io(argv, 0, &io, NULL) < 0)
		return 0;
	if (raid_member_parse(io.output, &array)) {
		colon = strchr(array.name, ':');
		if (strcmp(colon ? colon + 1 : array.name, search->link->value) == 0)
			r = keep(search, device);
	}
	free(io.output);
	return r;
}

static bool keep_last(const char *device, void *context)
{
	snprintf(context, DEVICE_NAME_BYTES, "%s", device);
	return true;
}

int devices_root_disk(char ret[DEVICE_NAME_BYTES], struct error *error)
{
	char device[DEVICE_NAME_BYTES];
	struct stat root;

	if (stat("/", &root) < 0)
		return error_errno(error, "look at /");
	if (blockdev_name(major(root.st_dev), minor(root.st_dev), device) < 0)
		return error_set(error, -ENOENT, "the running root is on no disk");
	/* Verity's data and hash are both on the disk that is looked for. */
	for (int depth = 0; depth < 8; depth++) {
		char slave[DEVICE_NAME_BYTES] = "";

		blockdev_each_link(device, "slaves", keep_last, slave);
		if (slave[0] == '\0')
			break;
		memcpy(device, slave, sizeof(device));
	}
	return blockdev_disk(device, ret);
}

static int find_boot_disk(struct search *search)
{
	char disk[DEVICE_NAME_BYTES];
	int r = devices_root_disk(disk, search->error);

	if (r < 0)
		return r;
	if (search->link->partition == 0)
		return keep(search, disk);
	return partition_named(disk, search->link->partition, *search->ret) < 0
		       ? error_set(search->error, -ENOENT, "the boot disk has no such partition")
		       : keep(search, *search->ret);
}

/* A node, or links to one: whoever made them knows why. */
static int find_node(const char *path, char ret[DEVICE_NAME_BYTES])
{
	struct stat node;

	if (stat(path, &node) < 0 || !S_ISBLK(node.st_mode))
		return -ENOENT;
	return blockdev_name(major(node.st_rdev), minor(node.st_rdev), ret);
}

static int search_for(struct search *search)
{
	switch (search->link->kind) {
	case DEVLINK_PARTLABEL:
	case DEVLINK_PARTUUID:
		return each_device(search, look_into_table);
	case DEVLINK_LABEL:
	case DEVLINK_UUID:
		return each_device(search, look_at_signature);
	case DEVLINK_ID:
		return each_device(search, look_at_id);
	case DEVLINK_MAPPER:
		return each_device(search, look_at_mapper);
	case DEVLINK_BOOT_DISK:
		return find_boot_disk(search);
	case DEVLINK_RAID:
		return each_device(search, look_at_array);
	case DEVLINK_NODE:
		break;
	}
	return 0;
}

int devices_find(const char *path, char ret[DEVICE_NAME_BYTES], struct error *error)
{
	struct devlink link;
	struct search search = { &link, (char(*)[DEVICE_NAME_BYTES])ret, false, error };
	int r = devlink_parse(path, &link, error);

	if (r < 0)
		return r;
	/* The boot disk's name is ours to give: a link of that name is not looked at. */
	if (link.kind != DEVLINK_BOOT_DISK && find_node(path, ret) == 0)
		return 0;
	r = search_for(&search);
	if (r < 0)
		return r == -ENOENT ? r : error_wrap(error, "%s", path);
	return search.found ? 0 : error_set(error, -ENOENT, "%s: there is no such device", path);
}
