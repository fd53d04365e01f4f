// SPDX-License-Identifier: Apache-2.0
/* See state.h. */
#include "lib/state.h"

bool state_wants_repart(bool exists, uint64_t free_behind_sectors)
{
	return !exists || free_behind_sectors > STATE_GROW_MIN_BYTES / 512;
}

enum state_step state_step_for(enum contents contents, const struct ext4 *ext4, bool repair)
{
	switch (contents) {
	case CONTENTS_BLANK:
		return STATE_FORMAT;
	case CONTENTS_EXT4:
		return ext4->needs_check || repair ? STATE_CHECK : STATE_MOUNT;
	case CONTENTS_OTHER:
		break;
	}
	return STATE_REFUSE;
}

uint64_t state_grow_blocks(const struct ext4 *ext4, uint64_t partition_sectors)
{
	uint64_t partition_bytes;

	if (ext4->block_bytes == 0 ||
	    __builtin_mul_overflow(partition_sectors, UINT64_C(512), &partition_bytes))
		return 0;
	if (partition_bytes < ext4->size_bytes ||
	    partition_bytes - ext4->size_bytes < STATE_GROW_MIN_BYTES)
		return 0;
	return partition_bytes / ext4->block_bytes;
}

enum provision_step provision_step_for(bool fresh, bool unfinished, bool done)
{
	if (done)
		return PROVISION_NOTHING;
	if (unfinished)
		return PROVISION_OVER;
	return fresh ? PROVISION_FIRST : PROVISION_AGAIN;
}
