// SPDX-License-Identifier: Apache-2.0
/* SHA-256 (FIPS 180-4) for programs that link no crypto library; for documents, not for images. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

struct sha256 {
	uint32_t state[8];
	uint64_t length_bytes;
	uint8_t block[64];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t size);
void sha256_finish(struct sha256 *hash, uint8_t ret[SHA256_BYTES]);
