// SPDX-License-Identifier: Apache-2.0
/* See blockdev.h. Must never write. */
#include "os/blockdev.h"
#include "lib/gpt.h"
#include "lib/mounts.h"
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
#define MOUNTS_MAX_BYTES (4 << 20)

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

void blockdev_attribute(const char *device, const char *name, char *ret, size_t room)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	ret[0] = '\0';
	if (attribute(device, name, &text, NULL) < 0)
		return;
	length = strlen(text);
	while (length > 0 && strchr(" \t\n", text[length - 1]))
		length--;
	text_copy(ret, room, text, length);
}

int blockdev_numbers(const char *device, unsigned *ret_major, unsigned *ret_minor,
		     struct error *error)
{
	char text[32];

	blockdev_attribute(device, "dev", text, sizeof(text));
	if (sscanf(text, "%u:%u", ret_major, ret_minor) != 2)
		return error_set(error, -ENODEV, "%s: no such device", device);
	return 0;
}

int blockdev_name(unsigned major, unsigned minor, char ret[DEVICE_NAME_BYTES])
{
	char path[64], target[PATH_MAX];
	ssize_t length;
	char *slash;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -ENODEV;
	target[length] = '\0';
	slash = strrchr(target, '/');
	return slash ? text_copy(ret, DEVICE_NAME_BYTES, slash + 1, strlen(slash + 1)) : -ENODEV;
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

int blockdev_disk(const char *device, char ret[DEVICE_NAME_BYTES])
{
	char number[16];

	blockdev_attribute(device, "partition", number, sizeof(number));
	if (number[0] == '\0')
		return text_copy(ret, DEVICE_NAME_BYTES, device, strlen(device));
	return disk_of(device, ret);
}

void blockdev_each_link(const char *device, const char *folder,
			bool (*found)(const char *device, void *context), void *context)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *links;

	snprintf(path, sizeof(path), CLASS "/%s/%s", device, folder);
	links = opendir(path);
	if (!links)
		return;
	while ((entry = readdir(links)))
		if (entry->d_name[0] != '.' && !found(entry->d_name, context))
			break;
	closedir(links);
}

static bool keep_name(const char *device, void *context)
{
	snprintf(context, DEVICE_NAME_BYTES, "%s", device);
	return false;
}

static bool swapped_to(const char *device)
{
	AUTO_FREE char *text = NULL;
	char line[DEVICE_NAME_BYTES + 8];
	const char *at;

	snprintf(line, sizeof(line), "/dev/%s ", device);
	if (file_read("/proc/swaps", 65536, &text, NULL) < 0)
		return false;
	at = strstr(text, line);
	return at && (at == text || at[-1] == '\n');
}

int blockdev_check_unused(const char *device, struct error *error)
{
	char holder[DEVICE_NAME_BYTES] = "";
	AUTO_FREE char *mounts = NULL;
	unsigned device_major, device_minor;
	int r = blockdev_numbers(device, &device_major, &device_minor, error);

	if (r == 0)
		r = file_read("/proc/self/mountinfo", MOUNTS_MAX_BYTES, &mounts, error);
	if (r < 0)
		return r;
	blockdev_each_link(device, "holders", keep_name, holder);
	if (holder[0] != '\0')
		return error_set(error, -EBUSY, "%s is in use by %s", device, holder);
	if (mounts_have(mounts, device_major, device_minor))
		return error_set(error, -EBUSY, "%s is mounted", device);
	if (swapped_to(device))
		return error_set(error, -EBUSY, "%s is used as swap", device);
	return 0;
}

/* The second table counts when the first is damaged, as for the firmware and (`gpt` on its command
 * line) for the kernel. */
static int read_tables(const char *disk, uint32_t sector_bytes, uint64_t sectors, struct gpt *ret,
		       struct error *error)
{
	uint8_t bytes[GPT_START_BYTES(SECTOR_BYTES_MAX)];
	const uint64_t end = sectors * sector_bytes - GPT_END_BYTES(sector_bytes);
	int first = blockdev_read(disk, 0, bytes, GPT_START_BYTES(sector_bytes), error);
	int second;

	if (first < 0)
		return first;
	first = gpt_decode(bytes, sector_bytes, sectors, ret, error);
	if (first == 0)
		return 0;
	second = blockdev_read(disk, end, bytes, GPT_END_BYTES(sector_bytes), NULL);
	if (second == 0)
		second = gpt_decode_backup(bytes, sector_bytes, sectors, ret, NULL);
	if (second == 0)
		return 0;
	return first == -ENODATA && second == -EBADMSG
		       ? error_set(error, second, "the backup GPT is damaged, the first is gone")
		       : first;
}

int blockdev_gpt(const char *disk, struct gpt *ret, uint32_t *ret_sector_bytes,
		 uint64_t *ret_sectors, struct error *error)
{
	uint64_t units,
		sector_bytes; /* sysfs counts a disk's size in 512 bytes, whatever its sectors */
	int r = attribute_number(disk, "queue/logical_block_size", &sector_bytes, error);

	if (r == 0)
		r = blockdev_sectors(disk, &units, error);
	if (r < 0)
		return r;
	if (sector_bytes != SECTOR_BYTES && sector_bytes != SECTOR_BYTES_MAX)
		return error_set(error, -EOPNOTSUPP, "sectors of %llu bytes",
				 (unsigned long long)sector_bytes);
	*ret_sector_bytes = (uint32_t)sector_bytes;
	*ret_sectors = units / (sector_bytes / 512);
	if (units * 512 < 2 * GPT_START_BYTES(SECTOR_BYTES_MAX))
		return error_set(error, -ENODATA, "too small for a GPT");
	return read_tables(disk, *ret_sector_bytes, *ret_sectors, ret, error);
}

static bool read_gpt(const char *disk, struct gpt *ret, uint32_t *ret_sector_bytes)
{
	uint64_t sectors;

	return blockdev_gpt(disk, ret, ret_sector_bytes, &sectors, NULL) == 0;
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
