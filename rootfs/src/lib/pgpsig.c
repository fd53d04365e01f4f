// SPDX-License-Identifier: Apache-2.0
/* See pgpsig.h. Must never look beyond what it was given. */
#include "lib/pgpsig.h"
#include <errno.h>
#include <string.h>

/* Offsets in the packet: its header (tag 2, a length of two bytes), then the body. */
enum {
	AT_LENGTH = 1,
	AT_SIGNED = 3,
	AT_CREATED = 11,
	AT_UNSIGNED = 15,
	AT_KEY_ID = 19,
	AT_DIGEST_START = 27,
	AT_BITS = 29,
	AT_NUMBER = 31,
};

static const uint8_t tag = 0x89;
/* Version, type, RSA, SHA-256; six bytes of subpackets: five for a creation time (2). */
static const uint8_t signed_start[8] = { 4, 0, 1, 8, 0, 6, 5, 2 };
/* Ten bytes of subpackets: nine for the issuer's key id (16). */
static const uint8_t unsigned_start[4] = { 0, 10, 9, 16 };

static uint32_t get_be(const uint8_t *at, unsigned bytes)
{
	uint32_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | *at++;
	return value;
}

static void put_be(uint8_t *at, unsigned bytes, uint32_t value)
{
	for (; bytes > 0; value >>= 8)
		at[--bytes] = (uint8_t)value;
}

static unsigned bits_of(const uint8_t *number, size_t size)
{
	unsigned bits = (unsigned)size * 8 - 8;

	for (uint8_t top = number[0]; top > 0; top >>= 1)
		bits++;
	return bits;
}

int pgpsig_decode(const uint8_t *bytes, size_t size, struct pgpsig *ret, struct error *error)
{
	size_t number_bytes = size - AT_NUMBER;

	if (size <= AT_NUMBER || size > PGPSIG_BYTES_MAX || bytes[0] != tag ||
	    get_be(bytes + AT_LENGTH, 2) != size - AT_SIGNED)
		return error_set(error, -EBADMSG, "not a signature packet of OpenPGP, or cut");
	if (memcmp(bytes + AT_SIGNED, signed_start, sizeof(signed_start)) != 0 ||
	    memcmp(bytes + AT_UNSIGNED, unsigned_start, sizeof(unsigned_start)) != 0)
		return error_set(
			error, -EBADMSG,
			"not of the form that image/sign writes (version 4, RSA, SHA-256)");
	if (bytes[AT_NUMBER] == 0 ||
	    get_be(bytes + AT_BITS, 2) != bits_of(bytes + AT_NUMBER, number_bytes))
		return error_set(error, -EBADMSG, "its number has another length than it says");
	ret->created = get_be(bytes + AT_CREATED, 4);
	memcpy(ret->key_id, bytes + AT_KEY_ID, sizeof(ret->key_id));
	memcpy(ret->digest_start, bytes + AT_DIGEST_START, sizeof(ret->digest_start));
	memcpy(ret->number, bytes + AT_NUMBER, number_bytes);
	ret->number_bytes = number_bytes;
	return 0;
}

size_t pgpsig_encode(const struct pgpsig *signature, uint8_t ret[PGPSIG_BYTES_MAX])
{
	size_t size = AT_NUMBER + signature->number_bytes;

	ret[0] = tag;
	put_be(ret + AT_LENGTH, 2, (uint32_t)(size - AT_SIGNED));
	memcpy(ret + AT_SIGNED, signed_start, sizeof(signed_start));
	put_be(ret + AT_CREATED, 4, signature->created);
	memcpy(ret + AT_UNSIGNED, unsigned_start, sizeof(unsigned_start));
	memcpy(ret + AT_KEY_ID, signature->key_id, sizeof(signature->key_id));
	memcpy(ret + AT_DIGEST_START, signature->digest_start, sizeof(signature->digest_start));
	put_be(ret + AT_BITS, 2, bits_of(signature->number, signature->number_bytes));
	memcpy(ret + AT_NUMBER, signature->number, signature->number_bytes);
	return size;
}

void pgpsig_trailer(const struct pgpsig *signature, uint8_t ret[PGPSIG_TRAILER_BYTES])
{
	const uint8_t signed_bytes = AT_UNSIGNED - AT_SIGNED;

	memcpy(ret, signed_start, sizeof(signed_start));
	put_be(ret + sizeof(signed_start), 4, signature->created);
	memcpy(ret + signed_bytes, (const uint8_t[]){ 4, 0xff, 0, 0, 0, signed_bytes }, 6);
}
