// SPDX-License-Identifier: Apache-2.0
/* See digest.h. Must never take a text that could be more than a file's name. */
#include "lib/oci/digest.h"
#include "lib/text.h"
#include <string.h>

#define PREFIX_BYTES (sizeof(OCI_DIGEST_PREFIX) - 1)

bool oci_digest_valid(const char *text)
{
	if (strnlen(text, OCI_DIGEST_BYTES) != OCI_DIGEST_BYTES - 1 ||
	    !text_starts(text, OCI_DIGEST_PREFIX))
		return false;
	return strspn(text + PREFIX_BYTES, "0123456789abcdef") == 64;
}

const char *oci_digest_hex(const char *digest)
{
	return digest + PREFIX_BYTES;
}

void oci_digest_format(const unsigned char hash[32], char ret[OCI_DIGEST_BYTES])
{
	memcpy(ret, OCI_DIGEST_PREFIX, PREFIX_BYTES);
	bytes_to_text(hash, 32, ret + PREFIX_BYTES);
}
