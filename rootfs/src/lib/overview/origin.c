// SPDX-License-Identifier: Apache-2.0
/* See origin.h. */
#include "lib/overview/origin.h"
#include "lib/run/options.h"
#include "lib/text.h"
#include <string.h>

bool origin_is_unit(const char *name)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount",
						".swap",    ".timer", ".target", ".path" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (text_ends(name, suffixes[i]) && strlen(name) > strlen(suffixes[i]))
			return true;
	return false;
}

/* systemd's rule: slices lie around units, and what lies in a unit is its own affair. A name that
 * the kernel would take for its own has "_" in front. */
static const char *unit_of_path(const char *path, struct arena *arena)
{
	while (*path == '/') {
		size_t length = strcspn(++path, "/");
		const char *name = arena_copy(arena, path, length);

		if (!name)
			return NULL;
		if (!text_ends(name, ".slice")) {
			name += *name == '_';
			return origin_is_unit(name) ? name : NULL;
		}
		path += length;
	}
	return NULL;
}

/* cgroups(7): the line of version 2 is 0::PATH. */
const char *origin_unit(const char *text, struct arena *arena)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		const char *line = arena_copy(arena, text, length);

		if (line && text_starts(line, "0::"))
			return unit_of_path(line + 3, arena);
		text += length + (text[length] == '\n');
	}
	return NULL;
}

bool origin_container(const struct words *argv, struct arena *arena, const char **ret_name,
		      const char **ret_image)
{
	struct run_options options;
	size_t at = 1;

	if (argv->count == 0 || !text_ends(argv->at[0], "/keelson-run"))
		return false;
	while (at + 1 < argv->count && text_starts(argv->at[at], "--"))
		at += 2; /* the program's own options have a value each */
	if (at >= argv->count || strcmp(argv->at[at], "container") != 0)
		return false;
	at++;
	if (run_options_parse(RUN_CONTAINER, (char *const *)(uintptr_t)(argv->at + at),
			      argv->count - at, arena, &options, NULL) < 0)
		return false;
	*ret_name = options.name;
	*ret_image = options.operand;
	return true;
}
