// SPDX-License-Identifier: Apache-2.0
#include "lib/quadlet/quadlet.h"
#include <string.h>

static const char *again(const char *text, struct arena *arena)
{
	struct unit unit = { 0 };

	unit_parse(&unit, text, strlen(text), "a", arena);
	if (strlen(text) <= UNIT_BYTES_MAX && unit.lines < UNIT_LINES_MAX && unit.problems)
		__builtin_trap();
	return unit_format(&unit, arena);
}

/* A kind by the first byte. A service that is written is a unit file, and reads as itself. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const names[] = { "/a@.container", "/a.pod", "/a.volume", "/a.network",
					     "/a.image" };
	struct quadlet quadlet = { 0 };
	const char *text = (const char *)bytes + 1, *name = names[size > 0 ? *bytes % 5 : 0];
	struct quadlet_file *file = quadlet_add(&quadlet, name, text, size > 0 ? size - 1 : 0);

	quadlet_add(&quadlet, "/p.pod", "[Pod]\n", 6);
	if (quadlet_convert(&quadlet) == 0 && file && !file->failed) {
		text = again(quadlet_format(&quadlet, file, &file->generated), &quadlet.arena);
		if (strcmp(text, again(text, &quadlet.arena)) != 0)
			__builtin_trap();
	}
	quadlet_free(&quadlet);
	return 0;
}
