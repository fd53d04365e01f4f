// SPDX-License-Identifier: Apache-2.0
/*
 * What a disk's partition table becomes: the one that is there and an Ignition config's `disks`
 * entry (spec 3.x, storage.disks; the reference's table of cases in its operator notes) make a new
 * table, or an error that says what does not fit. Nothing is read or written here.
 */
#pragma once
#include "lib/error.h"
#include "lib/gpt.h"
#include "lib/ignition/config.h"
#include <stdbool.h>

/* Of one disk; IGN_PARTITIONS_MAX may be named, most of them as not wanted. */
#define PARTPLAN_WANTED_MAX 1024

enum partplan_change {
	PARTPLAN_SAME, /* as before, or still not there */
	PARTPLAN_MADE,
	PARTPLAN_REMOVED,
	PARTPLAN_REPLACED, /* removed, and another one made under its number */
	PARTPLAN_GROWN,
	PARTPLAN_SHRUNK,
};

struct partplan {
	struct gpt table; /* an entry whose id is all zeros gets a random one */
	enum partplan_change changes[GPT_ENTRIES_MAX]; /* of entries[i], partition i + 1 */
	bool writes;                                   /* some change is not SAME */
};

/* The table of a disk that has none. Nothing fits into that of one that is too small. */
void partplan_empty(uint64_t disk_sectors, uint32_t sector_bytes, struct gpt *ret);

/* existing is the table as it would be found after a wipeTable was done. ret is undefined after an
 * error: -EEXIST (a partition is there that the config does not match or want gone), -ENOSPC,
 * -ERANGE. */
int partplan_make(const struct gpt *existing, uint32_t sector_bytes, const struct ign_disk *wanted,
		  struct partplan *ret, struct error *error);

/* The table as a script for sfdisk, of which it makes the whole table (sfdisk(8), "INPUT FORMATS").
 * The caller frees it. Returns 0 or -ENOMEM. */
int partplan_script(const struct gpt *table, uint32_t sector_bytes, char **ret);
