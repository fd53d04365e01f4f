// SPDX-License-Identifier: Apache-2.0
#include "lib/state.h"
#include "corpus.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

/* A field of the superblock that mkfs.ext4 wrote is changed. */
static const struct {
	const char *name;
	size_t at;
	unsigned bytes;
	uint64_t value;
	bool checksum_right;
	enum contents contents;
	enum state_step step;
	uint64_t size_bytes;
} superblocks[] = {
	{ "as mkfs.ext4 left it", 0x3a, 2, 1, true, CONTENTS_EXT4, STATE_MOUNT, 64 * MIB },
	{ "mounted when the power went", 0x3a, 2, 0, true, CONTENTS_EXT4, STATE_CHECK, 64 * MIB },
	{ "with errors", 0x3a, 2, 3, true, CONTENTS_EXT4, STATE_CHECK, 64 * MIB },
	{ "journal to replay", 0x60, 4, 0x2c6, true, CONTENTS_EXT4, STATE_CHECK, 64 * MIB },
	{ "wrong checksum", 0x4, 4, 1, false, CONTENTS_EXT4, STATE_CHECK, 0 },
	{ "impossible block size", 0x18, 4, 7, true, CONTENTS_EXT4, STATE_CHECK, 0 },
	{ "size that overflows", 0x150, 4, 0xffffffff, true, CONTENTS_EXT4, STATE_CHECK, 0 },
	{ "more than 2^32 blocks", 0x150, 4, 1, true, CONTENTS_EXT4, STATE_MOUNT,
	  64 * MIB + (UINT64_C(1) << 42) },
	{ "no magic number", 0x38, 2, 0, true, CONTENTS_OTHER, STATE_REFUSE, 0 },
};

static void check_superblocks(uint8_t *start)
{
	uint8_t good[2048] = { 0 }, *superblock = start + 1024;

	corpus_read(CORPUS "/ext4/clean", good, sizeof(good));
	for (size_t i = 0; i < ROWS(superblocks); i++) {
		struct ext4 ext4 = { 0 };

		memset(start, 0, PROBE_BYTES);
		memcpy(start, good, sizeof(good));
		put_le(superblock + superblocks[i].at, superblocks[i].bytes, superblocks[i].value);
		if (superblocks[i].checksum_right)
			put_le(superblock + 0x3fc, 4, crc32c_raw(0xffffffff, superblock, 0x3fc));
		enum contents contents = contents_probe(start, PROBE_BYTES, &ext4);
		CHECK_NUMBER(superblocks[i].name, contents, superblocks[i].contents);
		CHECK_NUMBER(superblocks[i].name, state_step_for(contents, &ext4, false),
			     superblocks[i].step);
		CHECK_NUMBER(superblocks[i].name, ext4.size_bytes, superblocks[i].size_bytes);
	}
}

static void check_blank(uint8_t *start)
{
	static const struct {
		const char *name;
		size_t at;
	} marks[] = {
		{ "one byte at the start", 0 },
		{ "one byte in a superblock", 1024 },
		{ "one byte where others have theirs", 65536 + 64 },
		{ "one byte at the end", PROBE_BYTES - 1 },
	};
	struct ext4 ext4 = { 0 };

	memset(start, 0, PROBE_BYTES);
	CHECK_NUMBER("zeros are blank", contents_probe(start, PROBE_BYTES, &ext4), CONTENTS_BLANK);
	CHECK_NUMBER("too small to say", contents_probe(start, 2047, &ext4), CONTENTS_OTHER);
	CHECK_NUMBER("blank is formatted", state_step_for(CONTENTS_BLANK, &ext4, false),
		     STATE_FORMAT);
	CHECK_NUMBER("others are not repaired", state_step_for(CONTENTS_OTHER, &ext4, true),
		     STATE_REFUSE);
	CHECK_NUMBER("clean, but a repair is wanted", state_step_for(CONTENTS_EXT4, &ext4, true),
		     STATE_CHECK);
	for (size_t i = 0; i < ROWS(marks); i++) {
		start[marks[i].at] = 1;
		CHECK_NUMBER(marks[i].name, contents_probe(start, PROBE_BYTES, &ext4),
			     CONTENTS_OTHER);
		start[marks[i].at] = 0;
	}
}

static const struct {
	const char *name;
	uint64_t size_bytes;
	uint32_t block_bytes;
	uint64_t partition_bytes, want;
} growths[] = {
	{ "as large as its partition", 512 * MIB, 4096, 512 * MIB, 0 },
	{ "a little smaller", 512 * MIB, 4096, 575 * MIB, 0 },
	{ "64 MiB smaller", 512 * MIB, 4096, 576 * MIB, 576 * 256 },
	{ "smaller blocks", 512 * MIB, 1024, 1024 * MIB, 1024 * 1024 },
	{ "larger than its partition", 512 * MIB, 4096, 256 * MIB, 0 },
	{ "size unknown", 0, 0, 512 * MIB, 0 },
};

static const struct {
	const char *name;
	bool fresh, unfinished, done;
	enum provision_step step;
} provision_rows[] = {
	{ "a new state partition", true, false, false, PROVISION_FIRST },
	{ "cut before the first file", true, true, false, PROVISION_OVER },
	{ "cut later", false, true, false, PROVISION_OVER },
	{ "done", false, false, true, PROVISION_NOTHING },
	{ "done, and a mark that cannot be ours", false, true, true, PROVISION_NOTHING },
	{ "in use, and never provisioned", false, false, false, PROVISION_AGAIN },
};

static void check_provisioning(void)
{
	for (size_t i = 0; i < ROWS(provision_rows); i++)
		CHECK(provision_rows[i].name,
		      provision_step_for(provision_rows[i].fresh, provision_rows[i].unfinished,
					 provision_rows[i].done) == provision_rows[i].step);
}

SUITE(state)
{
	uint8_t *start = malloc(PROBE_BYTES);

	if (!CHECK("memory", start != NULL))
		return;
	check_superblocks(start);
	check_blank(start);
	free(start);
	for (size_t i = 0; i < ROWS(growths); i++) {
		struct ext4 ext4 = { .size_bytes = growths[i].size_bytes,
				     .block_bytes = growths[i].block_bytes };

		CHECK_NUMBER(growths[i].name,
			     state_grow_blocks(&ext4, growths[i].partition_bytes / 512),
			     growths[i].want);
	}
	check_provisioning();
	CHECK("no partition: make it, however small the disk", state_wants_repart(false, 0));
	CHECK("full disk", !state_wants_repart(true, 0));
	CHECK("64 MiB are not enough", !state_wants_repart(true, 64 * 2048));
	CHECK("more than that are", state_wants_repart(true, 64 * 2048 + 1));
}
