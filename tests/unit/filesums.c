// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/filesums.h"
#include "check.h"
#include <string.h>

#define MANY 200000 /* more than there is room for */

static void keep(struct filesums *sums, uint64_t inode, unsigned text)
{
	uint8_t tag[FILESUM_BYTES] = { 0 };

	memcpy(tag, &text, sizeof(text));
	filesums_keep(sums, inode, tag);
}

/* What was kept, or -1. */
static long found(const struct filesums *sums, uint64_t inode)
{
	const uint8_t *tag = filesums_find(sums, inode);
	unsigned text;

	if (!tag)
		return -1;
	memcpy(&text, tag, sizeof(text));
	return (long)text;
}

static void test_few(void)
{
	struct filesums sums = { 0 };

	CHECK_NUMBER("nothing yet", found(&sums, 1), -1);
	keep(&sums, 1, 10);
	keep(&sums, UINT64_MAX, 20);
	keep(&sums, 0, 30);
	CHECK_NUMBER("first", found(&sums, 1), 10);
	CHECK_NUMBER("second", found(&sums, UINT64_MAX), 20);
	CHECK_NUMBER("no inode", found(&sums, 0), -1);
	CHECK_NUMBER("another", found(&sums, 2), -1);
	keep(&sums, 1, 11);
	CHECK_NUMBER("replaced", found(&sums, 1), 11);
	filesums_keep(&sums, 1, NULL);
	CHECK_NUMBER("not known any more", found(&sums, 1), -1);
	keep(&sums, 1, 12);
	CHECK_NUMBER("known again", found(&sums, 1), 12);
	filesums_free(&sums);
}

/* When it is full nothing new is kept, and of what is there nothing is old. */
static void test_many(void)
{
	struct filesums sums = { 0 };
	unsigned kept = 0, wrong = 0;

	for (unsigned i = 1; i <= MANY; i++)
		keep(&sums, i, i);
	for (unsigned i = 1; i <= MANY; i++) {
		kept += found(&sums, i) >= 0;
		wrong += found(&sums, i) >= 0 && found(&sums, i) != (long)i;
	}
	CHECK_NUMBER("many", kept, 98304);
	CHECK_NUMBER("many", wrong, 0);
	keep(&sums, 5, 7);
	CHECK_NUMBER("replaced when full", found(&sums, 5), 7);
	filesums_keep(&sums, 6, NULL);
	CHECK_NUMBER("not known when full", found(&sums, 6), -1);
	filesums_free(&sums);
}

SUITE(filesums)
{
	test_few();
	test_many();
}
