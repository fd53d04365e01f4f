// SPDX-License-Identifier: Apache-2.0
/* Public keys and what they have signed. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>

struct pubkey;

/* From a file in PEM: ECDSA on P-256, Ed25519, or RSA of 2048 to 8192 bits. The caller frees it. */
int pubkey_read(const char *path, struct pubkey **ret, struct error *error);

/* ECDSA and RSA (PKCS #1 v1.5) over the SHA-256 of the text, Ed25519 over the text. */
bool pubkey_verify(const struct pubkey *key, const unsigned char *signature, size_t signature_size,
		   const char *text, size_t size);

/* Accepts NULL. */
void pubkey_free(struct pubkey *key);
