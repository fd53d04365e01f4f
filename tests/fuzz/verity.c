// SPDX-License-Identifier: Apache-2.0
#include "lib/verity.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t start[VERITY_SUPERBLOCK_BYTES] = { 0 }, again[VERITY_SUPERBLOCK_BYTES];
	char table[VERITY_TABLE_BYTES];
	struct verity verity, second;

	memcpy(start, bytes, size < sizeof(start) ? size : sizeof(start));
	if (verity_decode(start, &verity, NULL) < 0)
		return 0;
	verity_encode(&verity, again);
	verity_table(&verity, start, "253:6", "253:7", table);
	if (verity_decode(again, &second, NULL) < 0 ||
	    memcmp(&verity, &second, sizeof(verity)) != 0 ||
	    !strstr(table, " 1 panic_on_corruption") ||
	    verity_hash_device_bytes(&verity) < 2 * VERITY_BLOCK_BYTES)
		__builtin_trap();
	return 0;
}
