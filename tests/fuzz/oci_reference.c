// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/reference.h"
#include <stdint.h>
#include <string.h>

/* What is taken reads back as the same, and has nothing that a URL or a path takes for its own. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct oci_reference first, second;
	char text[1024] = "", full[OCI_REFERENCE_BYTES], again[OCI_REFERENCE_BYTES];

	memcpy(text, bytes, size < sizeof(text) ? size : sizeof(text) - 1);
	if (oci_reference_parse(text, &first, NULL) < 0)
		return 0;
	oci_reference_format(&first, full);
	if (oci_reference_parse(full, &second, NULL) < 0)
		__builtin_trap();
	oci_reference_format(&second, again);
	if (strcmp(full, again) != 0 || strpbrk(full, " %?#\\\n\"") || strstr(full, "/../"))
		__builtin_trap();
	return 0;
}
