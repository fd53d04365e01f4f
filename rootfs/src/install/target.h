// SPDX-License-Identifier: Apache-2.0
/*
 * The disk that is installed on: opened so that nobody else has it, and every byte that goes to it.
 * Nothing is on the disk before target_sync, nor what is read sure to be from it.
 */
#pragma once
#include "lib/error.h"
#include "lib/gpt.h"
#include "lib/partitions.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGET_END_BYTES (1 << 20)   /* at either end: where tables and the labels of volumes are */
#define TARGET_BLOCK_BYTES (1 << 18) /* what is read or written at once */

struct target {
	char name[DEVICE_NAME_BYTES]; /* kernel name: vda */
	uint64_t bytes;
	bool holds; /* something, at its ends */
	int fd;     /* -1: not open */
};

/* Refuses, before anything is written, what is not a whole disk, read-only, in use (-EBUSY), or has
 * other sectors than of 512 bytes (-EOPNOTSUPP). */
int target_open(const char *name, struct target *ret, struct error *error);
void target_close(struct target *target);

/* Takes away what a firmware would start and what a kernel would take for a volume: both ends
 * become zeros, on the disk when this returns, and the partitions' nodes vanish. What lies between
 * is discarded, where the disk can do that. Crash: the old table and its backup, one of them, or
 * none; what they name is as it was until all of them are gone. */
int target_wipe(const struct target *target, struct error *error);

int target_write(const struct target *target, uint64_t offset_bytes, const void *bytes, size_t size,
		 struct error *error);

/* Zeros from one byte up to another. The disk makes them itself if it can. */
int target_zero(const struct target *target, uint64_t from_bytes, uint64_t to_bytes,
		struct error *error);

/* All that was written is on the disk, and what is read from now on is from there. */
int target_sync(const struct target *target, struct error *error);

/* -EIO: what is on the disk is something else than these bytes. */
int target_compare(const struct target *target, uint64_t offset_bytes, const void *bytes,
		   size_t size, struct error *error);

/* Makes the kernel's partitions of the disk those of the table, without its reading it. -EBUSY: one
 * that has to go is in use. */
int target_show(const struct target *target, const struct gpt *table, struct error *error);
