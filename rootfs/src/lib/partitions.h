// SPDX-License-Identifier: Apache-2.0
/* Which partitions are ours: choices made from a table of what the kernel reports in sysfs. No
 * device is touched. */
#pragma once
#include "lib/cmdline.h"
#include "lib/error.h"
#include "lib/gpt.h"
#include <stddef.h>
#include <stdint.h>

#define DEVICE_NAME_BYTES 32
#define PARTITIONS_MAX 512

struct partition {
	char device[DEVICE_NAME_BYTES]; /* kernel name: vda6 */
	char disk[DEVICE_NAME_BYTES];   /* kernel name: vda */
	char label[40];                 /* the GPT's name; longer ones, not ours, are cut */
	unsigned major, minor;
	unsigned number;        /* in the partition table, from 1 */
	uint64_t start_sectors; /* of 512 bytes, as sysfs counts on every disk */
	uint64_t size_sectors;
};

struct partition_table {
	size_t count;
	struct partition rows[PARTITIONS_MAX];
};

struct slot_partitions {
	struct partition root;
	struct partition verity;
};

/* Fills in label, numbers and name from the text of a block device's sysfs file uevent. Returns 0,
 * -ENOENT if it is not about a partition, -EBADMSG. Disk, start and size are the caller's to add.
 */
int partition_from_uevent(const char *uevent, struct partition *ret);

/* Gives the disk's rows the names in its partition table: a partition that was added while others
 * of the disk were in use has none in sysfs (BLKPG carries no name). Rows that are not where the
 * table says are left alone. */
void partitions_name(struct partition_table *table, const char *disk, const struct gpt *gpt,
		     uint32_t sector_bytes);

/* The slot's partitions on the one disk that has both. disk: kernel name of the only disk allowed,
 * or "". Returns 0, -ENOENT (not there yet; the error says what is missing) or -ENOTUNIQ (several
 * disks or partitions; it names them). */
int partitions_choose(const struct partition_table *table, enum slot slot, const char *disk,
		      struct slot_partitions *ret, struct error *error);

/* The partition with that label on that disk: a row of the table, or NULL. */
const struct partition *partitions_find(const struct partition_table *table, const char *disk,
					const char *label);

/* The one disk that is laid out as ours and has a state partition, for a machine that did not start
 * from a disk. wanted: kernel name of the only disk allowed, or "". Returns 0, -ENOENT or -ENOTUNIQ
 * (the error names them). */
int partitions_state_disk(const struct partition_table *table, const char *wanted,
			  char ret[DEVICE_NAME_BYTES], struct error *error);

/* Sectors between the end of the state partition (of the last partition, if there is no state) and
 * the end of the disk, less what the backup GPT takes; 0 if another partition follows the state. */
uint64_t partitions_free_behind(const struct partition_table *table, const char *disk,
				uint64_t disk_sectors);
