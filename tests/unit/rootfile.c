// SPDX-License-Identifier: Apache-2.0
#include "lib/rootfile.h"
#include "check.h"
#include "lib/bytes.h"
#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	uint64_t used, file_bytes;
	int want;
	uint64_t tree;
} rows[] = {
	{ "a whole number of blocks", 8192, 8192 + 8192, 0, 8192 },
	{ "zeros up to the next block", 8193, 12288 + 8192, 0, 12288 },
	{ "smallest", 96, 4096 + 8192, 0, 4096 },
	{ "cut within its tree", 8192, 8192 + 8191, -EBADMSG, 0 },
	{ "no tree", 8192, 8192, -EBADMSG, 0 },
	{ "cut within its root", 8192, 8191, -EBADMSG, 0 },
	{ "a root of nothing", 0, 65536, -EBADMSG, 0 },
	{ "a root without its head", 95, 65536, -EBADMSG, 0 },
	{ "a number that overflows", UINT64_MAX - 1, UINT64_MAX, -EBADMSG, 0 },
	{ "the largest number", UINT64_MAX, 65536, -EBADMSG, 0 },
	{ "the largest file", INT64_MAX - 1, INT64_MAX, -EBADMSG, 0 },
	{ "a file of a few bytes", 96, 95, -EBADMSG, 0 },
	{ "an empty file", 96, 0, -EBADMSG, 0 },
};

SUITE(rootfile)
{
	uint8_t start[ROOTFILE_START_BYTES] = "hsqs";
	uint64_t tree;

	for (size_t i = 0; i < ROWS(rows); i++) {
		tree = 0;
		put_le(start + 40, 8, rows[i].used);
		CHECK_NUMBER(rows[i].name,
			     rootfile_tree_offset(start, rows[i].file_bytes, &tree, NULL),
			     rows[i].want);
		CHECK_NUMBER(rows[i].name, tree, rows[i].tree);
	}
	put_le(start + 40, 8, 8192);
	start[3] = 'q';
	CHECK_NUMBER("another magic number", rootfile_tree_offset(start, 65536, &tree, NULL),
		     -EBADMSG);
}
