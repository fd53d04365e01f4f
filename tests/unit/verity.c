// SPDX-License-Identifier: Apache-2.0
#include "lib/verity.h"
#include "corpus.h"
#include "lib/bytes.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

/* What veritysetup printed for the superblock in the corpus: a megabyte of the letter k. */
#define ROOT_HASH "8bd60ee7516adbb6413be442ca02818ab1ef762f88263a6cef0ba4b19c437a70"

static const struct {
	const char *name;
	size_t at;
	unsigned bytes;
	uint64_t value;
	int want;
} damages[] = {
	{ "signature", 0, 1, 'V', -EBADMSG },
	{ "signature's end", 7, 1, 1, -EBADMSG },
	{ "version", 8, 4, 2, -EOPNOTSUPP },
	{ "ChromeOS hash type", 12, 4, 0, -EOPNOTSUPP },
	{ "algorithm", 32, 6, 0x323161687368, -EOPNOTSUPP },
	{ "algorithm with a tail", 38, 1, 'x', -EOPNOTSUPP },
	{ "small data blocks", 64, 4, 1024, -EOPNOTSUPP },
	{ "small hash blocks", 68, 4, 1024, -EOPNOTSUPP },
	{ "no data", 72, 8, 0, -EBADMSG },
	{ "one block has no tree", 72, 8, 1, -EBADMSG },
	{ "size that overflows", 72, 8, UINT64_C(1) << 52, -EBADMSG },
	{ "long salt", 80, 2, 257, -EBADMSG },
	{ "longest salt", 80, 2, 256, 0 },
	{ "no salt", 80, 2, 0, 0 },
};

static const struct {
	const char *name;
	uint64_t data_blocks, hash_blocks;
} sizes[] = {
	{ "two blocks", 2, 2 },
	{ "one full hash block", 128, 2 },
	{ "one more", 129, 4 },
	{ "veritysetup said 3 and the superblock", 256, 4 },
	{ "two full levels", 16384, 130 },
	{ "three levels", 16385, 133 },
};

static void hash_block(const struct verity *verity, const uint8_t *block, uint8_t *ret)
{
	struct sha256 hash;

	sha256_start(&hash);
	sha256_add(&hash, verity->salt, verity->salt_bytes);
	sha256_add(&hash, block, VERITY_BLOCK_BYTES);
	sha256_finish(&hash, ret);
}

/* The same tree that veritysetup built, whose blocks repeat. */
static void build_top_block(const struct verity *verity, uint8_t top[VERITY_BLOCK_BYTES])
{
	uint8_t block[VERITY_BLOCK_BYTES], digest[VERITY_HASH_BYTES];

	memset(block, 'k', sizeof(block));
	hash_block(verity, block, digest);
	for (size_t i = 0; i < sizeof(block); i += sizeof(digest))
		memcpy(block + i, digest, sizeof(digest));
	memset(top, 0, VERITY_BLOCK_BYTES);
	hash_block(verity, block, top);
	hash_block(verity, block, top + VERITY_HASH_BYTES);
}

static void check_root(const struct verity *verity)
{
	uint8_t top[VERITY_BLOCK_BYTES], root[VERITY_HASH_BYTES];
	struct error error = { 0 };

	build_top_block(verity, top);
	text_to_bytes(ROOT_HASH, root, sizeof(root));
	CHECK_NUMBER("root hash", verity_check_root(verity, root, top, &error), 0);
	root[31] ^= 1;
	CHECK_NUMBER("another root hash", verity_check_root(verity, root, top, &error), -EBADMSG);
	CHECK_TEXT("both are named", error.text,
		   "root hash is " ROOT_HASH ", the command line says "
		   "8bd60ee7516adbb6413be442ca02818ab1ef762f88263a6cef0ba4b19c437a71");
	root[31] ^= 1;
	top[4095] ^= 0x80;
	CHECK_NUMBER("a flipped bit", verity_check_root(verity, root, top, &error), -EBADMSG);
}

static void check_table(struct verity *verity)
{
	uint8_t root[VERITY_HASH_BYTES];
	char table[VERITY_TABLE_BYTES];

	text_to_bytes(ROOT_HASH, root, sizeof(root));
	verity_table(verity, root, "253:6", "253:7", table);
	CHECK_TEXT("table", table,
		   "1 253:6 253:7 4096 4096 256 1 sha256 " ROOT_HASH
		   " 0102030405060708 1 panic_on_corruption");
	verity->salt_bytes = 0;
	verity_table(verity, root, "8:1", "8:2", table);
	CHECK("no salt is a dash", strstr(table, " - 1 panic_on_corruption") != NULL);
	verity->salt_bytes = VERITY_SALT_MAX;
	verity->data_blocks = UINT64_C(1) << 36;
	verity_table(verity, root, "4294967295:4294967295", "1048575:1048575", table);
	CHECK("the longest is not cut", text_ends(table, " 1 panic_on_corruption"));
}

SUITE(verity)
{
	uint8_t good[VERITY_SUPERBLOCK_BYTES] = { 0 }, bytes[VERITY_SUPERBLOCK_BYTES];
	struct error error = { 0 };
	struct verity verity;

	corpus_read(CORPUS "/verity/veritysetup", good, sizeof(good));
	if (!CHECK("veritysetup's superblock", verity_decode(good, &verity, &error) == 0))
		return;
	CHECK_NUMBER("data", verity.data_blocks, 256);
	CHECK_NUMBER("salt", verity.salt_bytes, 8);
	CHECK("uuid", verity.uuid[0] == 0x11 && verity.uuid[15] == 0x55);
	verity_encode(&verity, bytes);
	CHECK("encoded byte for byte as veritysetup does", memcmp(bytes, good, sizeof(good)) == 0);
	CHECK_NUMBER("partitions that fit", verity_check_sizes(&verity, 1 << 20, 16384, &error), 0);
	CHECK_NUMBER("root too small", verity_check_sizes(&verity, (1 << 20) - 1, 16384, &error),
		     -EBADMSG);
	CHECK_NUMBER("verity too small", verity_check_sizes(&verity, 1 << 20, 16383, &error),
		     -EBADMSG);
	check_root(&verity);
	check_table(&verity);
	for (size_t i = 0; i < ROWS(damages); i++) {
		memcpy(bytes, good, sizeof(bytes));
		put_le(bytes + damages[i].at, damages[i].bytes, damages[i].value);
		CHECK_NUMBER(damages[i].name, verity_decode(bytes, &verity, &error),
			     damages[i].want);
	}
	for (size_t i = 0; i < ROWS(sizes); i++) {
		verity.data_blocks = sizes[i].data_blocks;
		CHECK_NUMBER(sizes[i].name, verity_hash_device_bytes(&verity),
			     sizes[i].hash_blocks * 4096);
	}
}
