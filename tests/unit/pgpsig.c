// SPDX-License-Identifier: Apache-2.0
#include "lib/pgpsig.h"
#include "corpus.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

/* One byte of a signature that image/sign wrote is another. */
static const struct {
	const char *name;
	size_t at;
	uint8_t value;
	int want;
} changes[] = {
	{ "as it is", 0, 0x89, 0 },
	{ "another packet", 0, 0x99, -EBADMSG },
	{ "a length of less", 2, 1, -EBADMSG },
	{ "version 3", 3, 3, -EBADMSG },
	{ "of a text", 4, 1, -EBADMSG },
	{ "DSA", 5, 17, -EBADMSG },
	{ "SHA-1", 6, 2, -EBADMSG },
	{ "more subpackets", 8, 7, -EBADMSG },
	{ "an expiry", 10, 3, -EBADMSG },
	{ "made at another time", 11, 0x6a, 0 },
	{ "other subpackets", 18, 33, -EBADMSG },
	{ "by another key", 19, 0, 0 },
	{ "of another file", 27, 0, 0 },
	{ "bits of less", 29, 0, -EBADMSG },
	{ "a number that begins with zeros", 31, 0, -EBADMSG },
};

static void check_changes(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < ROWS(changes); i++) {
		uint8_t changed[PGPSIG_BYTES_MAX], again[PGPSIG_BYTES_MAX];
		struct pgpsig signature;

		memcpy(changed, bytes, size);
		changed[changes[i].at] = changes[i].value;
		if (!CHECK_NUMBER(changes[i].name, pgpsig_decode(changed, size, &signature, NULL),
				  changes[i].want) ||
		    changes[i].want < 0)
			continue;
		CHECK_NUMBER(changes[i].name, pgpsig_encode(&signature, again), size);
		CHECK(changes[i].name, memcmp(again, changed, size) == 0);
	}
}

SUITE(pgpsig)
{
	uint8_t bytes[PGPSIG_BYTES_MAX + 1] = { 0 }, trailer[PGPSIG_TRAILER_BYTES];
	size_t size = corpus_read(CORPUS "/pgpsig/rsa4096", bytes, sizeof(bytes));
	struct pgpsig signature;
	char text[2 * PGPSIG_TRAILER_BYTES + 1];

	if (size > PGPSIG_BYTES_MAX)
		return;
	check_changes(bytes, size);
	for (size_t cut = 0; cut < size; cut++)
		if (!CHECK_NUMBER("cut", pgpsig_decode(bytes, cut, &signature, NULL), -EBADMSG))
			break;
	CHECK_NUMBER("more behind it", pgpsig_decode(bytes, size + 1, &signature, NULL), -EBADMSG);
	if (!CHECK_NUMBER("whole", pgpsig_decode(bytes, size, &signature, NULL), 0))
		return;
	CHECK_NUMBER("bytes of the number", signature.number_bytes, size - 31);
	pgpsig_trailer(&signature, trailer);
	bytes_to_text(trailer, sizeof(trailer), text);
	CHECK_TEXT("what is hashed behind the file", text,
		   "0400010800060502"
		   "65cc5300"
		   "04ff0000000c");
}
