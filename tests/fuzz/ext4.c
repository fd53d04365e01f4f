// SPDX-License-Identifier: Apache-2.0
#include "lib/state.h"
#include <string.h>

/* Only zeros may ever be formatted. The checksum of metadata is switched off to get behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t start[4096] = { 0 };
	struct ext4 ext4 = { 0 };

	memcpy(start, bytes, size < sizeof(start) ? size : sizeof(start));
	start[1024 + 0x65] &= (uint8_t)~4;
	enum contents contents = contents_probe(start, sizeof(start), &ext4);
	uint64_t blocks = state_grow_blocks(&ext4, UINT64_MAX / 1024);
	for (size_t i = 0; i < sizeof(start); i++)
		if (start[i] != 0 && state_step_for(contents, &ext4, false) == STATE_FORMAT)
			__builtin_trap();
	if (blocks != 0 && blocks < ext4.size_bytes / ext4.block_bytes)
		__builtin_trap();
	return 0;
}
