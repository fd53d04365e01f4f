// SPDX-License-Identifier: Apache-2.0
/* Block devices as the kernel shows them in /sys/class/block and /dev. */
#pragma once
#include "lib/error.h"
#include "lib/partitions.h"
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

/* Does the disk's GPT have a partition with this UUID (lower case)? A disk without a readable GPT
 * has not. */
bool blockdev_has_partuuid(const char *disk, const char *partuuid);
