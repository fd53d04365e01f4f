// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/registries.h"
#include <stdint.h>
#include <string.h>

/* There is always a place to ask, the last one the registry's own, and none that is no name. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct oci_reference reference = { "q.io", "a/b", "1", "" }, again;
	struct oci_endpoint endpoints[OCI_ENDPOINTS_MAX];
	struct oci_registries registries = { 0 };
	struct arena arena = { 0 };
	char *text = arena_copy(&arena, (const char *)bytes, size), name[OCI_REFERENCE_BYTES];
	size_t count = 0;

	if (oci_registries_parse(text, &registries, &arena, NULL) == 0 &&
	    oci_endpoints(&registries, &reference, endpoints, &count, NULL) == 0)
		for (size_t i = 0; i < count || count == 0; i++) {
			oci_reference_format(&endpoints[i].reference, name);
			if (count == 0 || oci_reference_parse(name, &again, NULL) < 0)
				__builtin_trap();
		}
	arena_free(&arena);
	return 0;
}
