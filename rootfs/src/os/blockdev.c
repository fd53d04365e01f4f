// SPDX-License-Identifier: Apache-2.0
/* See blockdev.h. Must never write. */
#include "os/blockdev.h"
#include "lib/gpt.h"
#include "lib/text.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLASS "/sys/class/block"
#define ATTRIBUTE_MAX_BYTES 4096

static int attribute(const char *device, const char *name, char **ret, struct error *error)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), CLASS "/%s/%s", device, name);
	return file_read(path, ATTRIBUTE_MAX_BYTES, ret, error);
}

static int attribute_number(const char *device, const char *name, uint64_t *ret,
			    struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = attribute(device, name, &text, error);

	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	r = text_to_number(text, UINT64_MAX, ret);
	return r < 0 ? error_set(error, r, CLASS "/%s/%s: not a number", device, name) : 0;
}

int blockdev_sectors(const char *device, uint64_t *ret, struct error *error)
{
	return attribute_number(device, "size", ret, error);
}

/* A partition's folder lies in its disk's: …/block/vda/vda6. */
static int disk_of(const char *device, char ret[DEVICE_NAME_BYTES])
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t length;
	char *end, *start;

	snprintf(path, sizeof(path), CLASS "/%s", device);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	end = strrchr(target, '/');
	if (!end)
		return -EBADMSG;
	*end = '\0';
	start = strrchr(target, '/');
	if (!start)
		return -EBADMSG;
	return text_copy(ret, DEVICE_NAME_BYTES, start + 1, strlen(start + 1));
}

static int read_partition(const char *device, struct partition *ret)
{
	AUTO_FREE char *uevent = NULL;
	int r = attribute(device, "uevent", &uevent, NULL);

	if (r == 0)
		r = partition_from_uevent(uevent, ret);
	if (r == 0)
		r = disk_of(device, ret->disk);
	if (r == 0)
		r = attribute_number(device, "start", &ret->start_sectors, NULL);
	if (r == 0)
		r = attribute_number(device, "size", &ret->size_sectors, NULL);
	return r;
}

int blockdev_partitions(struct partition_table *ret, struct error *error)
{
	DIR *folder = opendir(CLASS);
	struct dirent *entry;

	if (!folder)
		return error_errno(error, "open " CLASS);
	ret->count = 0;
	while ((entry = readdir(folder)) && ret->count < PARTITIONS_MAX)
		if (entry->d_name[0] != '.' &&
		    read_partition(entry->d_name, &ret->rows[ret->count]) == 0)
			ret->count++;
	closedir(folder);
	return 0;
}

int blockdev_read(const char *device, uint64_t offset_bytes, void *ret, size_t size,
		  struct error *error)
{
	char path[DEVICE_NAME_BYTES + 8];

	snprintf(path, sizeof(path), "/dev/%s", device);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_errno(error, "open %s", path);
	int r = file_read_at(fd, offset_bytes, ret, size, error);
	return r < 0 ? error_wrap(error, "%s", path) : 0;
}

/* The second table counts when the first is damaged, as for the firmware and (`gpt` on its command
 * line) for the kernel. */
static bool read_tables(const char *disk, uint32_t sector_bytes, uint64_t sectors, struct gpt *ret)
{
	uint8_t bytes[GPT_START_BYTES(SECTOR_BYTES_MAX)];
	const uint64_t end = sectors * sector_bytes - GPT_END_BYTES(sector_bytes);

	if (blockdev_read(disk, 0, bytes, GPT_START_BYTES(sector_bytes), NULL) == 0 &&
	    gpt_decode(bytes, sector_bytes, sectors, ret, NULL) == 0)
		return true;
	return blockdev_read(disk, end, bytes, GPT_END_BYTES(sector_bytes), NULL) == 0 &&
	       gpt_decode_backup(bytes, sector_bytes, sectors, ret, NULL) == 0;
}

static bool read_gpt(const char *disk, struct gpt *ret, uint32_t *ret_sector_bytes)
{
	uint64_t units,
		sector_bytes; /* sysfs counts a disk's size in 512 bytes, whatever its sectors */

	if (attribute_number(disk, "queue/logical_block_size", &sector_bytes, NULL) < 0 ||
	    (sector_bytes != SECTOR_BYTES && sector_bytes != SECTOR_BYTES_MAX) ||
	    blockdev_sectors(disk, &units, NULL) < 0)
		return false;
	*ret_sector_bytes = (uint32_t)sector_bytes;
	return read_tables(disk, *ret_sector_bytes, units / (sector_bytes / 512), ret);
}

bool blockdev_has_partuuid(const char *disk, const char *partuuid)
{
	uint8_t id[GUID_BYTES];
	uint32_t sector_bytes;
	struct gpt gpt;

	return guid_parse(partuuid, id) == 0 && read_gpt(disk, &gpt, &sector_bytes) &&
	       gpt_find_id(&gpt, id) != NULL;
}

void blockdev_name_partitions(struct partition_table *table, const char *disk)
{
	uint32_t sector_bytes;
	struct gpt gpt;

	if (read_gpt(disk, &gpt, &sector_bytes))
		partitions_name(table, disk, &gpt, sector_bytes);
}
