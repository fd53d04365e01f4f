// SPDX-License-Identifier: Apache-2.0
/* See verity.h. The superblock is not signed: nothing in it is trusted, the root hash decides what
 * can be read. */
#include "lib/verity.h"
#include "lib/bytes.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	AT_SIGNATURE = 0,
	AT_VERSION = 8,
	AT_HASH_TYPE = 12,
	AT_UUID = 16,
	AT_ALGORITHM = 32,
	AT_DATA_BLOCK_BYTES = 64,
	AT_HASH_BLOCK_BYTES = 68,
	AT_DATA_BLOCKS = 72,
	AT_SALT_BYTES = 80,
	AT_SALT = 88,
};

#define ALGORITHM_BYTES 32
#define DIGESTS_PER_BLOCK (VERITY_BLOCK_BYTES / VERITY_HASH_BYTES)
#define DATA_BLOCKS_MAX (UINT64_C(1) << 36) /* 256 TiB, so that no size below overflows */

static const uint8_t signature[8] = "verity";
static const uint8_t algorithm[ALGORITHM_BYTES] = "sha256";

int verity_decode(const uint8_t bytes[VERITY_SUPERBLOCK_BYTES], struct verity *ret,
		  struct error *error)
{
	struct verity verity = { 0 };

	if (memcmp(bytes + AT_SIGNATURE, signature, sizeof(signature)) != 0)
		return error_set(error, -EBADMSG, "no verity superblock");
	if (get_le32(bytes + AT_VERSION) != 1 || get_le32(bytes + AT_HASH_TYPE) != 1)
		return error_set(error, -EOPNOTSUPP,
				 "verity superblock: unknown version or hash type");
	if (memcmp(bytes + AT_ALGORITHM, algorithm, sizeof(algorithm)) != 0)
		return error_set(error, -EOPNOTSUPP, "verity superblock: algorithm is not sha256");
	if (get_le32(bytes + AT_DATA_BLOCK_BYTES) != VERITY_BLOCK_BYTES ||
	    get_le32(bytes + AT_HASH_BLOCK_BYTES) != VERITY_BLOCK_BYTES)
		return error_set(error, -EOPNOTSUPP,
				 "verity superblock: blocks are not of 4096 bytes");
	verity.data_blocks = get_le64(bytes + AT_DATA_BLOCKS);
	if (verity.data_blocks < 2 || verity.data_blocks > DATA_BLOCKS_MAX)
		return error_set(error, -EBADMSG, "verity superblock: impossible size");
	verity.salt_bytes = get_le16(bytes + AT_SALT_BYTES);
	if (verity.salt_bytes > VERITY_SALT_MAX)
		return error_set(error, -EBADMSG, "verity superblock: salt is too long");
	memcpy(verity.uuid, bytes + AT_UUID, sizeof(verity.uuid));
	memcpy(verity.salt, bytes + AT_SALT, verity.salt_bytes);
	*ret = verity;
	return 0;
}

void verity_encode(const struct verity *verity, uint8_t bytes[VERITY_SUPERBLOCK_BYTES])
{
	memset(bytes, 0, VERITY_SUPERBLOCK_BYTES);
	memcpy(bytes + AT_SIGNATURE, signature, sizeof(signature));
	put_le(bytes + AT_VERSION, 4, 1);
	put_le(bytes + AT_HASH_TYPE, 4, 1);
	memcpy(bytes + AT_UUID, verity->uuid, sizeof(verity->uuid));
	memcpy(bytes + AT_ALGORITHM, algorithm, sizeof(algorithm));
	put_le(bytes + AT_DATA_BLOCK_BYTES, 4, VERITY_BLOCK_BYTES);
	put_le(bytes + AT_HASH_BLOCK_BYTES, 4, VERITY_BLOCK_BYTES);
	put_le(bytes + AT_DATA_BLOCKS, 8, verity->data_blocks);
	put_le(bytes + AT_SALT_BYTES, 2, verity->salt_bytes);
	memcpy(bytes + AT_SALT, verity->salt, verity->salt_bytes);
}

uint64_t verity_hash_device_bytes(const struct verity *verity)
{
	uint64_t blocks = 1, level = verity->data_blocks;

	while (level > 1) {
		level = (level + DIGESTS_PER_BLOCK - 1) / DIGESTS_PER_BLOCK;
		blocks += level;
	}
	return blocks * VERITY_BLOCK_BYTES;
}

int verity_check_sizes(const struct verity *verity, uint64_t data_partition_bytes,
		       uint64_t hash_partition_bytes, struct error *error)
{
	uint64_t data_bytes = verity->data_blocks * VERITY_BLOCK_BYTES;

	if (data_bytes > data_partition_bytes)
		return error_set(error, -EBADMSG,
				 "data of %" PRIu64 " bytes, but the root partition has %" PRIu64,
				 data_bytes, data_partition_bytes);
	if (verity_hash_device_bytes(verity) > hash_partition_bytes)
		return error_set(error, -EBADMSG,
				 "tree of %" PRIu64 " bytes, but the partition has %" PRIu64,
				 verity_hash_device_bytes(verity), hash_partition_bytes);
	return 0;
}

int verity_check_root(const struct verity *verity, const uint8_t root_hash[VERITY_HASH_BYTES],
		      const uint8_t top_block[VERITY_BLOCK_BYTES], struct error *error)
{
	uint8_t digest[VERITY_HASH_BYTES];
	char got[2 * VERITY_HASH_BYTES + 1], want[2 * VERITY_HASH_BYTES + 1];
	struct sha256 hash;

	sha256_start(&hash);
	sha256_add(&hash, verity->salt, verity->salt_bytes);
	sha256_add(&hash, top_block, VERITY_BLOCK_BYTES);
	sha256_finish(&hash, digest);
	if (memcmp(digest, root_hash, sizeof(digest)) == 0)
		return 0;
	bytes_to_text(digest, sizeof(digest), got);
	bytes_to_text(root_hash, VERITY_HASH_BYTES, want);
	return error_set(error, -EBADMSG, "root hash is %s, the command line says %s", got, want);
}

void verity_table(const struct verity *verity, const uint8_t root_hash[VERITY_HASH_BYTES],
		  const char *data_device, const char *hash_device, char ret[VERITY_TABLE_BYTES])
{
	char hash[2 * VERITY_HASH_BYTES + 1], salt[2 * VERITY_SALT_MAX + 1] = "-";

	bytes_to_text(root_hash, VERITY_HASH_BYTES, hash);
	if (verity->salt_bytes > 0)
		bytes_to_text(verity->salt, verity->salt_bytes, salt);
	snprintf(ret, VERITY_TABLE_BYTES,
		 "1 %.15s %.15s %d %d %" PRIu64 " 1 sha256 %s %s 1 panic_on_corruption",
		 data_device, hash_device, VERITY_BLOCK_BYTES, VERITY_BLOCK_BYTES,
		 verity->data_blocks, hash, salt);
}
