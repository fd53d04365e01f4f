// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/challenge.h"
#include <stdint.h>
#include <string.h>

/* Nothing that ends a header's line comes out. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct oci_reference reference = { .registry = "quay.io",
							.repository = "a/b" };
	static char text[4096], out[OCI_TOKEN_BYTES];
	struct oci_challenge challenge;

	memcpy(text, bytes, size < sizeof(text) ? size : sizeof(text) - 1);
	text[size < sizeof(text) ? size : sizeof(text) - 1] = '\0';
	if (oci_challenge_parse(text, &challenge) == 0)
		oci_challenge_url(&challenge, "repository:a/b:pull", out, 64);
	if ((oci_token_parse(text, strlen(text), out, NULL) == 0 && strpbrk(out, "\r\n")) ||
	    (oci_auth_find(text, strlen(text), &reference, out, NULL) == 0 && strpbrk(out, "\r\n")))
		__builtin_trap();
	return 0;
}
