// SPDX-License-Identifier: Apache-2.0
/*
 * Checksums of files that were written, by inode, so that none has to be read again for the one
 * over all of a layer. There is room for the first 98,304 of a layer, which take 4 MiB at most;
 * what is not kept is read.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define FILESUM_BYTES 16

struct filesums {
	struct filesum *slots;
	size_t room, count;
};

/* tag: of all of a file's bytes; NULL: not known, nor what was kept of that inode before. Without
 * memory nothing new is kept. */
void filesums_keep(struct filesums *sums, uint64_t inode, const uint8_t tag[FILESUM_BYTES]);

/* NULL: not known. */
const uint8_t *filesums_find(const struct filesums *sums, uint64_t inode);

void filesums_free(struct filesums *sums);
