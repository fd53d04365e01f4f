// SPDX-License-Identifier: Apache-2.0
/*
 * What a partition that should hold the state contains, judged by its first megabyte: nothing, an
 * ext4 file system, or something that is not ours to touch. Layout: Linux,
 * Documentation/filesystems/ext4/super.rst.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_BYTES (1024 * 1024)

enum contents { CONTENTS_BLANK, CONTENTS_EXT4, CONTENTS_OTHER };

struct ext4 {
	bool needs_check; /* not cleanly unmounted, marked as damaged, or the superblock is */
	uint64_t size_bytes;
	uint32_t block_bytes;
};

/* start: the first bytes of the partition, PROBE_BYTES of them if it has as many. ret is filled in
 * for ext4 only; a superblock that is there but damaged is ext4 of size 0 that needs a check. */
enum contents contents_probe(const uint8_t *start, size_t size, struct ext4 *ret);
