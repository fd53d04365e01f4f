// SPDX-License-Identifier: Apache-2.0
#include "lib/quadlet/quadlet.h"
#include <string.h>

/* A kind by the first byte. A service that is written reads as what was written. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const names[] = { "/a@.container", "/a.pod", "/a.volume", "/a.network",
					     "/a.image" };
	struct quadlet quadlet = { 0 };
	const char *text = size > 0 ? (const char *)bytes + 1 : "",
		   *name = names[size ? *bytes % 5 : 0];
	struct quadlet_file *file = quadlet_add(&quadlet, name, text, size > 0 ? size - 1 : 0);
	struct unit again = { 0 };

	quadlet_add(&quadlet, "/p.pod", "[Pod]\n", 6);
	if (quadlet_convert(&quadlet) == 0 && file && !file->failed) {
		text = unit_format(&file->generated, &quadlet.arena);
		unit_parse(&again, text, strlen(text), "a", &quadlet.arena);
		if (strlen(text) <= UNIT_BYTES_MAX && (again.problems || !again.first))
			__builtin_trap();
	}
	quadlet_free(&quadlet);
	return 0;
}
