// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/entry.h"
#include <stdint.h>
#include <string.h>

/* A path that comes out leads nowhere but down, and reads back as itself. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static char name[3 * PATH_MAX], path[PATH_MAX], again[PATH_MAX];
	size_t length = size < sizeof(name) ? size : sizeof(name) - 1;

	memcpy(name, bytes, length);
	name[length] = '\0';
	if (oci_entry_parse(name, path) < 0)
		return 0;
	if (path[0] == '/' || strncmp(path, "../", 3) == 0 || strstr(path, "/../") ||
	    strcmp(path, "..") == 0 ||
	    (oci_entry_parse(path, again) == OCI_ENTRY_NODE && strcmp(path, again) != 0))
		__builtin_trap();
	return 0;
}
