// SPDX-License-Identifier: Apache-2.0
#include "lib/rootfile.h"
#include "lib/verity.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t start[ROOTFILE_START_BYTES] = "hsqs";
	uint64_t file_bytes, tree;

	if (size < sizeof(file_bytes))
		return 0;
	memcpy(&file_bytes, bytes, sizeof(file_bytes));
	size -= sizeof(file_bytes);
	memcpy(start + 4, bytes + sizeof(file_bytes),
	       size < sizeof(start) - 4 ? size : sizeof(start) - 4);
	if (rootfile_tree_offset(start, file_bytes, &tree, NULL) == 0 &&
	    (tree % VERITY_BLOCK_BYTES != 0 || tree >= file_bytes ||
	     file_bytes - tree < 2 * VERITY_BLOCK_BYTES))
		__builtin_trap();
	return 0;
}
