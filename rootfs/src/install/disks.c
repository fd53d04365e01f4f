// SPDX-License-Identifier: Apache-2.0
/* See disks.h. */
#include "install/disks.h"
#include "install/target.h"
#include "lib/bytes.h"
#include "lib/text.h"
#include "os/blockdev.h"
#include "os/devices.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLASS "/sys/class/block"

static int partitions_unused(const char *disk, const struct partition_table *table,
			     struct error *error)
{
	int r = 0;

	for (size_t i = 0; i < table->count && r == 0; i++)
		if (strcmp(table->rows[i].disk, disk) == 0)
			r = blockdev_check_unused(table->rows[i].device, error);
	return r;
}

int disks_check_unused(const char *name, struct error *error)
{
	struct partition_table *table;
	char root[DEVICE_NAME_BYTES];
	int r;

	if (devices_root_disk(root, NULL) == 0 && strcmp(root, name) == 0)
		return error_set(error, -EBUSY, "the running system started from it");
	r = blockdev_check_unused(name, error);
	if (r < 0)
		return r;
	table = malloc(sizeof(*table));
	if (!table)
		return error_set(error, -ENOMEM, "out of memory");
	r = blockdev_partitions(table, error);
	if (r == 0)
		r = partitions_unused(name, table, error);
	free(table);
	return r;
}

int disks_holds(const char *name, uint64_t size_bytes, bool *ret, struct error *error)
{
	const size_t size = size_bytes < TARGET_END_BYTES ? (size_t)size_bytes : TARGET_END_BYTES;
	AUTO_FREE char *bytes = malloc(TARGET_END_BYTES);
	bool any;
	int r;

	if (!bytes)
		return error_set(error, -ENOMEM, "out of memory");
	r = blockdev_read(name, 0, bytes, size, error);
	if (r < 0)
		return r;
	any = !is_zero((const uint8_t *)bytes, size);
	r = blockdev_read(name, size_bytes - size, bytes, size, error);
	if (r == 0)
		*ret = any || !is_zero((const uint8_t *)bytes, size);
	return r;
}

/* …/devices/pci0000:00/0000:00:05.0/virtio2/block/vda, of which the first two parts say nothing. */
static void read_path(const char *name, char *ret, size_t room)
{
	char link[PATH_MAX], target[PATH_MAX];
	const char *at;
	ssize_t length;

	snprintf(link, sizeof(link), CLASS "/%s", name);
	length = readlink(link, target, sizeof(target) - 1);
	ret[0] = '\0';
	if (length < 0)
		return;
	target[length] = '\0';
	at = strstr(target, "/devices/");
	if (at)
		text_copy(ret, room, at + 9, strlen(at + 9));
}

static uint64_t read_number(const char *name, const char *attribute)
{
	char text[32];
	uint64_t number = 0;

	blockdev_attribute(name, attribute, text, sizeof(text));
	return text_to_number(text, UINT64_MAX, &number) == 0 ? number : 0;
}

static bool is_disk(const char *name)
{
	static const char *const others[] = {
		"ram", "zram", "dm-", "md", "sr", "fd", "mtd", "nbd"
	};
	char partition[16];

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (text_starts(name, others[i]))
			return false;
	blockdev_attribute(name, "partition", partition, sizeof(partition));
	return partition[0] == '\0' && read_number(name, "size") > 0 &&
	       !(text_starts(name, "loop") && read_number(name, "ro") == 1);
}

static int describe(const char *name, struct disk *ret)
{
	struct error error = { 0 };
	int r;

	*ret = (struct disk){ .size_bytes = read_number(name, "size") * 512,
			      .sector_bytes =
				      (uint32_t)read_number(name, "queue/logical_block_size") };
	r = devices_describe(name, &ret->id);
	if (r < 0)
		return r;
	read_path(name, ret->path, sizeof(ret->path));
	r = disks_check_unused(name, &error);
	if (r == 0)
		r = disks_holds(name, ret->size_bytes, &ret->holds, &error);
	else
		disks_holds(name, ret->size_bytes, &ret->holds, NULL);
	if (r < 0)
		snprintf(ret->in_use, sizeof(ret->in_use), "%.159s", error.text);
	return 0;
}

static int compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && is_disk(entry->d_name);
}

int disks_list(struct disklist *ret, struct error *error)
{
	struct dirent **entries = NULL;
	int count = scandir(CLASS, &entries, is_entry, compare);

	ret->count = 0;
	if (count < 0)
		return error_errno(error, "open " CLASS);
	for (int i = 0; i < count; i++) {
		if (ret->count < DISKLIST_MAX &&
		    describe(entries[i]->d_name, &ret->disks[ret->count]) == 0)
			ret->count++;
		free(entries[i]);
	}
	free(entries);
	return 0;
}

void disks_print(const struct disklist *list)
{
	char line[DISKLIST_LINE_BYTES];

	puts("NAME MODEL SERIAL WWN PATH");
	for (size_t i = 0; i < list->count; i++) {
		const struct disk *disk = &list->disks[i];

		disk_line(disk, line);
		printf("%s\n    %.1f GB in sectors of %" PRIu32 " bytes, %s%s%s\n", line,
		       (double)disk->size_bytes / 1e9, disk->sector_bytes,
		       disk->holds ? "with contents" : "empty",
		       disk->in_use[0] ? "; not to be had: " : "", disk->in_use);
	}
}

static void print_member(const char *name, const char *value)
{
	char clean[sizeof(((struct disk *)NULL)->path)];

	snprintf(clean, sizeof(clean), "%s", value);
	text_clean(clean);
	printf(",\"%s\":\"%s\"", name, clean);
}

void disks_print_json(const struct disklist *list)
{
	putchar('[');
	for (size_t i = 0; i < list->count; i++) {
		const struct disk *disk = &list->disks[i];

		printf("%s{\"size_bytes\":%" PRIu64 ",\"sector_bytes\":%" PRIu32 ",\"contents\":%s",
		       i > 0 ? ",\n " : "", disk->size_bytes, disk->sector_bytes,
		       disk->holds ? "true" : "false");
		print_member("name", disk->id.name);
		print_member("model", disk->id.model);
		print_member("serial", disk->id.serial);
		print_member("wwn", disk->id.wwid);
		print_member("path", disk->path);
		print_member("in_use", disk->in_use);
		putchar('}');
	}
	puts("]");
}
