// SPDX-License-Identifier: Apache-2.0
/* See modules.h. */
#include "lib/modules.h"
#include "lib/text.h"
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

#define PATTERN_BYTES 256

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line == '\n' ? line + 1 : line;
}

/* Takes the word at *at, up to a blank or the end of the line, and moves behind it. Returns false
 * if there is none or it does not fit. */
static bool take_word(const char **at, char *ret, size_t room)
{
	size_t length;

	*at += strspn(*at, " \t");
	length = strcspn(*at, " \t\n");
	if (length == 0 || text_copy(ret, room, *at, length) < 0)
		return false;
	*at += length;
	return true;
}

/* The bus ("pci:", "acpi:") stands in front in both; comparing it first saves most of the matching.
 */
static bool same_bus(const char *pattern, const char *modalias)
{
	size_t length = strcspn(pattern, ":*?[ \t\n");

	return strncmp(pattern, modalias, length) == 0;
}

static void add_name(struct module_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->names[i], name) == 0)
			return;
	if (names->count < MODULES_PER_DEVICE_MAX)
		strcpy(names->names[names->count++], name);
}

void modules_for_device(const char *aliases, const char *modalias, struct module_names *ret)
{
	ret->count = 0;
	for (const char *line = aliases; *line != '\0'; line = next_line(line)) {
		char word[16], pattern[PATTERN_BYTES], name[MODULE_NAME_BYTES];
		const char *at = line;

		if (!text_starts(line, "alias ") || !take_word(&at, word, sizeof(word)) ||
		    !same_bus(at + strspn(at, " \t"), modalias) ||
		    !take_word(&at, pattern, sizeof(pattern)) ||
		    !take_word(&at, name, sizeof(name)))
			continue;
		if (fnmatch(pattern, modalias, 0) == 0)
			add_name(ret, name);
	}
}

/* Is this the file of that module? kernel/drivers/nvme/host/nvme-core.ko is nvme_core's. */
static bool names_module(const char *path, size_t length, const char *name)
{
	size_t start = length, i;

	while (start > 0 && path[start - 1] != '/')
		start--;
	for (i = 0; start + i < length && path[start + i] != '.'; i++) {
		char c = path[start + i] == '-' ? '_' : path[start + i];

		if (name[i] == '\0' || c != (name[i] == '-' ? '_' : name[i]))
			return false;
	}
	return i > 0 && name[i] == '\0' && start + i < length;
}

static void reverse(struct module_paths *list)
{
	char swap[MODULE_PATH_BYTES];

	for (size_t i = 0; i < list->count / 2; i++) {
		char *first = list->paths[i], *last = list->paths[list->count - 1 - i];

		memcpy(swap, first, sizeof(swap));
		memcpy(first, last, sizeof(swap));
		memcpy(last, swap, sizeof(swap));
	}
}

/* "a.ko: b.ko c.ko" means that c is loaded first, then b, then a. */
static int read_dependencies(const char *line, size_t colon, struct module_paths *ret)
{
	const char *at = line + colon + 1;

	if (text_copy(ret->paths[0], MODULE_PATH_BYTES, line, colon) < 0)
		return -E2BIG;
	ret->count = 1;
	while (at[strspn(at, " \t")] != '\n' && at[strspn(at, " \t")] != '\0') {
		if (ret->count > MODULE_DEPENDS_MAX ||
		    !take_word(&at, ret->paths[ret->count], MODULE_PATH_BYTES))
			return -E2BIG;
		ret->count++;
	}
	reverse(ret);
	return 0;
}

int modules_load_order(const char *dependencies, const char *name, struct module_paths *ret)
{
	for (const char *line = dependencies; *line != '\0'; line = next_line(line)) {
		size_t colon = strcspn(line, ":\n");

		if (line[colon] == ':' && names_module(line, colon, name))
			return read_dependencies(line, colon, ret);
	}
	return -ENOENT;
}
