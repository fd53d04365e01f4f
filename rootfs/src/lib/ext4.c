// SPDX-License-Identifier: Apache-2.0
/* See ext4.h. Only zeros count as blank: a false "blank" would cost somebody's data. */
#include "lib/ext4.h"
#include "lib/bytes.h"
#include "lib/crc32.h"

#define SUPERBLOCK_AT 1024
#define SUPERBLOCK_BYTES 1024

enum {
	AT_BLOCKS_LOW = 0x4,
	AT_LOG_BLOCK = 0x18,
	AT_MAGIC = 0x38,
	AT_STATE = 0x3a,
	AT_INCOMPAT = 0x60,
	AT_RO_COMPAT = 0x64,
	AT_BLOCKS_HIGH = 0x150,
	AT_CHECKSUM = 0x3fc,
};

#define MAGIC 0xef53
#define STATE_CLEAN 1 /* the only bit set: valid, no errors, no orphans */
#define INCOMPAT_RECOVER 0x4
#define INCOMPAT_64BIT 0x80
#define RO_COMPAT_METADATA_CSUM 0x400
#define LOG_BLOCK_MAX 6 /* 64 KiB */

static bool checksum_right(const uint8_t *superblock)
{
	if ((get_le32(superblock + AT_RO_COMPAT) & RO_COMPAT_METADATA_CSUM) == 0)
		return true;
	return crc32c_raw(0xffffffff, superblock, AT_CHECKSUM) ==
	       get_le32(superblock + AT_CHECKSUM);
}

static void decode(const uint8_t *superblock, struct ext4 *ret)
{
	uint32_t log_block = get_le32(superblock + AT_LOG_BLOCK);
	uint32_t incompat = get_le32(superblock + AT_INCOMPAT);
	uint64_t blocks = get_le32(superblock + AT_BLOCKS_LOW), size;

	*ret = (struct ext4){ .needs_check = true };
	if (log_block > LOG_BLOCK_MAX || !checksum_right(superblock))
		return;
	if (incompat & INCOMPAT_64BIT)
		blocks |= (uint64_t)get_le32(superblock + AT_BLOCKS_HIGH) << 32;
	if (__builtin_mul_overflow(blocks, UINT64_C(1024) << log_block, &size))
		return;
	ret->size_bytes = size;
	ret->block_bytes = UINT32_C(1024) << log_block;
	ret->needs_check = get_le16(superblock + AT_STATE) != STATE_CLEAN ||
			   (incompat & INCOMPAT_RECOVER) != 0;
}

enum contents contents_probe(const uint8_t *start, size_t size, struct ext4 *ret)
{
	const uint8_t *superblock = start + SUPERBLOCK_AT;

	if (size < SUPERBLOCK_AT + SUPERBLOCK_BYTES)
		return CONTENTS_OTHER;
	if (get_le16(superblock + AT_MAGIC) == MAGIC) {
		decode(superblock, ret);
		return CONTENTS_EXT4;
	}
	return is_zero(start, size) ? CONTENTS_BLANK : CONTENTS_OTHER;
}
