// SPDX-License-Identifier: Apache-2.0
/* Block devices as the kernel shows them in /sys/class/block and /dev. */
#pragma once
#include "lib/error.h"
#include "lib/partitions.h"
#include <stdbool.h>
#include <stdint.h>

/* All partitions that have a node. A device that vanishes while we look is left out. */
int blockdev_partitions(struct partition_table *ret, struct error *error);

/* Gives the disk's rows the names in its partition table; see partitions_name. Without a readable
 * GPT nothing happens. */
void blockdev_name_partitions(struct partition_table *table, const char *disk);

/* Size of a disk or partition, by its kernel name. */
int blockdev_sectors(const char *device, uint64_t *ret, struct error *error);

/* Reads from /dev/DEVICE. */
int blockdev_read(const char *device, uint64_t offset_bytes, void *ret, size_t size,
		  struct error *error);

/* The disk's GPT: the first one, or the backup when that one is damaged. -ENODATA: it has none
 * (which says nothing about other kinds of tables); -EBADMSG: both are damaged; -EOPNOTSUPP:
 * sectors of another size than 512 and 4096 bytes. ret_sectors counts these, and is set with
 * -ENODATA and -EBADMSG too, as is ret_sector_bytes. */
int blockdev_gpt(const char *disk, struct gpt *ret, uint32_t *ret_sector_bytes,
		 uint64_t *ret_sectors, struct error *error);

/* A file of the device's folder in sysfs, as "dm/name", without white space at its end; "" if there
 * is none. */
void blockdev_attribute(const char *device, const char *name, char *ret, size_t room);

/* MAJOR:MINOR of a device. */
int blockdev_numbers(const char *device, unsigned *ret_major, unsigned *ret_minor,
		     struct error *error);

/* The name of the device MAJOR:MINOR. -ENODEV. */
int blockdev_name(unsigned major, unsigned minor, char ret[DEVICE_NAME_BYTES]);

/* The disk that a partition, or a disk itself, is on. */
int blockdev_disk(const char *device, char ret[DEVICE_NAME_BYTES]);

/* Those that the device is made of ("slaves"), or that are made of it ("holders"): calls found for
 * each until it returns false. */
void blockdev_each_link(const char *device, const char *folder,
			bool (*found)(const char *device, void *context), void *context);

/* 0, or -EBUSY with the reason: it is mounted, swapped to, or another device is made of it.
 * Partitions of a disk are not looked at. */
int blockdev_check_unused(const char *device, struct error *error);

/* Does the disk's GPT have a partition with this UUID (lower case)? A disk without a readable GPT
 * has not. */
bool blockdev_has_partuuid(const char *disk, const char *partuuid);
