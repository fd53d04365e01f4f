// SPDX-License-Identifier: Apache-2.0
/* See rootfile.h. Must never give an offset that lies outside the file. */
#include "lib/rootfile.h"
#include "lib/bytes.h"
#include "lib/verity.h"
#include <errno.h>
#include <string.h>

#define BYTES_USED_OFFSET 40

int rootfile_tree_offset(const uint8_t start[ROOTFILE_START_BYTES], uint64_t file_bytes,
			 uint64_t *ret, struct error *error)
{
	uint64_t used, offset;

	if (file_bytes < ROOTFILE_START_BYTES || file_bytes > INT64_MAX ||
	    memcmp(start, "hsqs", 4) != 0)
		return error_set(error, -EBADMSG, "does not begin with a squashfs");
	used = get_le64(start + BYTES_USED_OFFSET);
	if (used < ROOTFILE_START_BYTES || used >= file_bytes)
		return error_set(error, -EBADMSG, "ends within its squashfs");
	offset = (used + VERITY_BLOCK_BYTES - 1) / VERITY_BLOCK_BYTES * VERITY_BLOCK_BYTES;
	if (offset + 2 * VERITY_BLOCK_BYTES > file_bytes)
		return error_set(error, -EBADMSG, "ends before its hash tree");
	*ret = offset;
	return 0;
}
