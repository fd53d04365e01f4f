// SPDX-License-Identifier: Apache-2.0
#include "lib/pgpsig.h"
#include <string.h>

/* Whatever decodes encodes to the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t again[PGPSIG_BYTES_MAX];
	struct pgpsig signature;

	if (pgpsig_decode(bytes, size, &signature, NULL) < 0)
		return 0;
	if (pgpsig_encode(&signature, again) != size || memcmp(again, bytes, size) != 0)
		__builtin_trap();
	return 0;
}
