// SPDX-License-Identifier: Apache-2.0
/* The slots' state on the bootstate partition: where it lies, read and written. */
#pragma once
#include "lib/error.h"
#include "lib/partitions.h"
#include "lib/slot.h"

/* Path of the bootstate partition on the disk that this system was started from, found by
 * keelson.boot= of the kernel's command line. -ENOENT: there is none. */
int bootstate_find(const char *cmdline, char ret[DEVICE_NAME_BYTES + 8], struct error *error);

/* Reads both slots' states from a block device or an image of it. */
int bootstate_read(const char *path, struct slot_state ret[SLOTS], struct error *error);

/* Writes the blocks of those slots in that order, each on the disk before the next: a power cut
 * leaves a prefix of them, and of no block a part (it is one sector). */
int bootstate_write(const char *path, const struct slot_state slots[SLOTS],
		    const struct slot_writes *writes, struct error *error);
