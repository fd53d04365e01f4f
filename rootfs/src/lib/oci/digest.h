// SPDX-License-Identifier: Apache-2.0
/* Digests of content (OCI image spec 1.1, descriptor.md): sha256 alone is taken here; what else is
 * registered is refused, never passed over. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define OCI_DIGEST_BYTES 72 /* "sha256:", 64 lower-case hex digits, the terminator */
#define OCI_DIGEST_PREFIX "sha256:"

bool oci_digest_valid(const char *text);

/* The 64 digits of a valid one. */
const char *oci_digest_hex(const char *digest);

/* Of 32 bytes that are a hash. */
void oci_digest_format(const unsigned char hash[32], char ret[OCI_DIGEST_BYTES]);
