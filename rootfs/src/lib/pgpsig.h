// SPDX-License-Identifier: Apache-2.0
/*
 * A detached OpenPGP signature (RFC 9580, section 5.2.3) in the one form that image/sign writes:
 * version 4, of a binary file, RSA, SHA-256, one hashed subpacket (when it was made) and one that
 * is not (the key's id). Every other form is refused. Whether it is right is for a crypto library
 * to say.
 */
#pragma once
#include "lib/error.h"
#include <stddef.h>
#include <stdint.h>

#define PGPSIG_NUMBER_BYTES_MAX 512 /* RSA of 4096 bits */
#define PGPSIG_BYTES_MAX (31 + PGPSIG_NUMBER_BYTES_MAX)
#define PGPSIG_TRAILER_BYTES 18

struct pgpsig {
	uint32_t created; /* seconds since 1970 */
	uint8_t key_id[8];
	uint8_t digest_start[2]; /* says early that it is of another file; proves nothing */
	uint8_t number[PGPSIG_NUMBER_BYTES_MAX]; /* big-endian, without zeros at its start */
	size_t number_bytes;
};

/* The whole of a .sig file. -EBADMSG: not such a signature; ret is then untouched. */
int pgpsig_decode(const uint8_t *bytes, size_t size, struct pgpsig *ret, struct error *error);

/* Returns how many bytes it has. */
size_t pgpsig_encode(const struct pgpsig *signature, uint8_t ret[PGPSIG_BYTES_MAX]);

/* What is hashed behind the file (RFC 9580, section 5.2.4). */
void pgpsig_trailer(const struct pgpsig *signature, uint8_t ret[PGPSIG_TRAILER_BYTES]);
