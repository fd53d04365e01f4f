// SPDX-License-Identifier: Apache-2.0
/* The kernel's idea of a disk's partitions, put right one partition at a time (Linux,
 * include/uapi/linux/blkpg.h): unlike BLKRRPART this works while others of the disk are in use. */
#pragma once
#include "lib/error.h"
#include "lib/gpt.h"

/* Makes the nodes in /dev those of the table. Partitions that are the same stay untouched. -EBUSY:
 * one that has to go is in use. Writes nothing to the disk. */
int blkpg_update(const char *disk, const struct gpt *table, uint32_t sector_bytes,
		 struct error *error);
