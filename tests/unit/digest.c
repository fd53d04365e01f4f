// SPDX-License-Identifier: Apache-2.0
/* Checksums against the published vectors: RFC 3720 (CRC-32C), FIPS 180-4 examples, and the usual
 * "123456789". */
#include "check.h"
#include "lib/crc32.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include <string.h>

static const struct {
	const char *name, *text;
	size_t repeat;
	const char *want;
} rows[] = {
	{ "empty", "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "one block", "abc", 1,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "a million letters", "aaaaaaaaaa", 100000,
	  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	{ "55 bytes: the length fits just", "aaaaaaaaaaa", 5,
	  "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
	{ "56 bytes: it does not", "aaaaaaaa", 7,
	  "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
	{ "64 bytes", "aaaaaaaa", 8,
	  "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
};

SUITE(digest)
{
	uint8_t zeros[32] = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		uint8_t digest[SHA256_BYTES];
		struct sha256 hash;
		char got[65];

		sha256_start(&hash);
		for (size_t n = 0; n < rows[i].repeat; n++)
			sha256_add(&hash, rows[i].text, strlen(rows[i].text));
		sha256_finish(&hash, digest);
		bytes_to_text(digest, sizeof(digest), got);
		CHECK_TEXT(rows[i].name, got, rows[i].want);
	}
	CHECK_NUMBER("CRC-32 of 123456789", crc32_ieee((const uint8_t *)"123456789", 9),
		     0xcbf43926);
	CHECK_NUMBER("CRC-32 of nothing", crc32_ieee(zeros, 0), 0);
	CHECK_NUMBER("CRC-32C of 123456789",
		     crc32c_raw(0xffffffff, (const uint8_t *)"123456789", 9) ^ 0xffffffff,
		     0xe3069283);
	CHECK_NUMBER("CRC-32C of 32 zeros", crc32c_raw(0xffffffff, zeros, 32) ^ 0xffffffff,
		     0x8a9136aa);
}
