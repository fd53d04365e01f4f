// SPDX-License-Identifier: Apache-2.0
/*
 * A root in one file, as a network boot has it: the squashfs (Linux, fs/squashfs/squashfs_fs.h:
 * bytes_used), zeros up to a block of dm-verity, the hash tree with its superblock. Nothing in it
 * is to be believed before the root hash has vouched for it; here it is only found where the tree
 * is.
 */
#pragma once
#include "lib/error.h"
#include <stdint.h>

/* What to read from the file's start. */
#define ROOTFILE_START_BYTES 96

/* Where the tree begins, a multiple of VERITY_BLOCK_BYTES and below file_bytes. -EBADMSG: not such
 * a file, or one that was cut. */
int rootfile_tree_offset(const uint8_t start[ROOTFILE_START_BYTES], uint64_t file_bytes,
			 uint64_t *ret, struct error *error);
