// SPDX-License-Identifier: Apache-2.0
/*
 * A checksum: GMAC (NIST SP 800-38D) with a key that everyone knows. It tells damage and not who
 * did it, and is several times as fast as a digest.
 */
#pragma once
#include "lib/oci/filesums.h"
#include <openssl/evp.h>
#include <stdbool.h>

#define CHECKSUM_BYTES FILESUM_BYTES

/* Starts as zeros. What fails is told by checksum_end. */
struct checksum {
	EVP_CIPHER_CTX *cipher;
	bool failed;
};

/* Begins anew, with what was set up for the one before. */
void checksum_start(struct checksum *checksum);
void checksum_add(struct checksum *checksum, const void *bytes, size_t size);

/* -EIO. */
int checksum_end(struct checksum *checksum, uint8_t ret[CHECKSUM_BYTES]);
void checksum_free(struct checksum *checksum);
