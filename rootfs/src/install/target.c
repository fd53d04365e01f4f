// SPDX-License-Identifier: Apache-2.0
/* See target.h. Must never write to a disk that somebody else has open for himself. */
#include "install/target.h"
#include "install/disks.h"
#include "os/blkpg.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "os/ioctl.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOW_TRIES 20

/* 4096: the image's table and its EFI file system are made of 512-byte sectors, and neither
 * firmwares nor Linux read such a FAT from larger ones; a FAT32 of 4096-byte sectors does not fit
 * into the partition, and BIOSes know no such disks at all. */
static int check_sectors(int fd, struct error *error)
{
	int bytes = 0;

	if (device_ioctl(fd, BLKSSZGET, &bytes) < 0)
		return error_errno(error, "sector size");
	if (bytes != SECTOR_BYTES)
		return error_set(
			error, -EOPNOTSUPP,
			"sectors of %d bytes: the image's file system for EFI is of "
			"512-byte sectors, which no firmware reads from this disk; remedy: "
			"another disk, or format this one to 512 (nvme format --lbaf=)",
			bytes);
	return 0;
}

static int check_whole(const char *name, struct error *error)
{
	char disk[DEVICE_NAME_BYTES];
	int r = blockdev_disk(name, disk);

	if (r < 0)
		return error_set(error, r, "no such disk");
	if (strcmp(disk, name) != 0)
		return error_set(error, -EINVAL, "a partition; give the whole disk, %s", disk);
	return 0;
}

static int open_alone(struct target *target, struct error *error)
{
	char path[DEVICE_NAME_BYTES + 8];
	int read_only = 0;

	snprintf(path, sizeof(path), "/dev/%s", target->name);
	target->fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);
	if (target->fd < 0)
		return errno == EBUSY ? error_set(error, -EBUSY,
						  "in use: the kernel says that somebody has it")
				      : error_errno(error, "open %s", path);
	if (device_ioctl(target->fd, BLKROGET, &read_only) < 0 || read_only)
		return error_set(error, -EROFS, "read-only");
	if (device_ioctl(target->fd, BLKGETSIZE64, &target->bytes) < 0)
		return error_errno(error, "size");
	return check_sectors(target->fd, error);
}

int target_open(const char *name, struct target *ret, struct error *error)
{
	int r;

	*ret = (struct target){ .fd = -1 };
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	r = check_whole(name, error);
	if (r == 0)
		r = disks_check_unused(name, error);
	if (r == 0)
		r = open_alone(ret, error);
	if (r == 0)
		r = disks_holds(name, ret->bytes, &ret->holds, error);
	if (r < 0)
		target_close(ret);
	return r < 0 ? error_wrap(error, "%s", name) : 0;
}

void target_close(struct target *target)
{
	close_fd(&target->fd);
}

/* udev may be looking at one of them. */
int target_show(const struct target *target, const struct gpt *table, struct error *error)
{
	int r = -EBUSY;

	for (int tries = 0; tries < SHOW_TRIES && r == -EBUSY; tries++) {
		if (tries > 0)
			usleep(100000);
		r = blkpg_update(target->name, table, SECTOR_BYTES, error);
	}
	return r;
}

int target_wipe(const struct target *target, struct error *error)
{
	uint64_t between[2] = { TARGET_END_BYTES, 0 };
	static const struct gpt none;
	int r;

	if (target->bytes < 4 * TARGET_END_BYTES)
		return error_set(error, -ENOSPC, "too small");
	r = target_zero(target, 0, TARGET_END_BYTES, error);
	if (r == 0)
		r = target_zero(target, target->bytes - TARGET_END_BYTES, target->bytes, error);
	if (r == 0)
		r = target_sync(target, error);
	if (r == 0)
		r = target_show(target, &none, error);
	if (r < 0)
		return r;
	between[1] = target->bytes - 2 * TARGET_END_BYTES;
	device_ioctl(target->fd, BLKDISCARD, between); /* a favour to flash memory, no more */
	return 0;
}

int target_write(const struct target *target, uint64_t offset_bytes, const void *bytes, size_t size,
		 struct error *error)
{
	return file_write_at(target->fd, offset_bytes, bytes, size, error);
}

int target_zero(const struct target *target, uint64_t from_bytes, uint64_t to_bytes,
		struct error *error)
{
	uint64_t range[2] = { from_bytes, to_bytes - from_bytes };
	AUTO_FREE char *zeros = NULL;
	int r = 0;

	if (range[1] == 0 || device_ioctl(target->fd, BLKZEROOUT, range) == 0)
		return 0;
	zeros = calloc(1, TARGET_BLOCK_BYTES);
	if (!zeros)
		return error_set(error, -ENOMEM, "out of memory");
	for (uint64_t at = from_bytes; at < to_bytes && r == 0; at += TARGET_BLOCK_BYTES) {
		uint64_t left = to_bytes - at;

		r = target_write(target, at, zeros,
				 left < TARGET_BLOCK_BYTES ? (size_t)left : TARGET_BLOCK_BYTES,
				 error);
	}
	return r;
}

int target_sync(const struct target *target, struct error *error)
{
	if (fsync(target->fd) < 0)
		return error_errno(error, "sync");
	if (device_ioctl(target->fd, BLKFLSBUF, NULL) < 0)
		return error_errno(error, "drop what is cached");
	return 0;
}

int target_compare(const struct target *target, uint64_t offset_bytes, const void *bytes,
		   size_t size, struct error *error)
{
	AUTO_FREE char *back = malloc(size);
	int r = back ? file_read_at(target->fd, offset_bytes, back, size, error)
		     : error_set(error, -ENOMEM, "out of memory");

	if (r == 0 && memcmp(back, bytes, size) != 0)
		r = error_set(error, -EIO,
			      "what was written at byte %" PRIu64 " reads back differently",
			      offset_bytes);
	return r;
}
