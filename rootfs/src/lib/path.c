// SPDX-License-Identifier: Apache-2.0
/* See path.h. */
#include "lib/path.h"
#include <string.h>

/* The result so far. It never is longer than what has been read of the path. */
struct cleaned {
	char *out;
	size_t used;
	size_t floor; /* ".." does not take away what stands before */
	bool absolute;
};

static void take_up(struct cleaned *cleaned)
{
	if (cleaned->used > cleaned->floor) {
		cleaned->used--;
		while (cleaned->used > cleaned->floor && cleaned->out[cleaned->used] != '/')
			cleaned->used--;
	} else if (!cleaned->absolute) {
		if (cleaned->used > 0)
			cleaned->out[cleaned->used++] = '/';
		cleaned->out[cleaned->used++] = '.';
		cleaned->out[cleaned->used++] = '.';
		cleaned->floor = cleaned->used;
	}
}

static void take_component(struct cleaned *cleaned, const char *component, size_t size)
{
	if (size == 0 || (size == 1 && component[0] == '.'))
		return;
	if (size == 2 && component[0] == '.' && component[1] == '.') {
		take_up(cleaned);
		return;
	}
	if (cleaned->used > (cleaned->absolute ? 1 : 0))
		cleaned->out[cleaned->used++] = '/';
	memmove(cleaned->out + cleaned->used, component, size);
	cleaned->used += size;
}

size_t path_clean(const char *path, size_t size, char *out)
{
	struct cleaned cleaned = { .out = out, .absolute = size > 0 && path[0] == '/' };

	if (cleaned.absolute)
		out[cleaned.used++] = '/';
	cleaned.floor = cleaned.used;
	for (size_t at = 0; at < size;) {
		const char *slash = memchr(path + at, '/', size - at);
		size_t end = slash ? (size_t)(slash - path) : size;

		take_component(&cleaned, path + at, end - at);
		at = end + 1;
	}
	if (cleaned.used == 0)
		out[cleaned.used++] = '.';
	out[cleaned.used] = '\0';
	return cleaned.used;
}

/* A clean path is one that has nothing to clean, which can be seen without making the other. */
bool path_is_clean(const char *path, size_t size)
{
	bool absolute = size > 0 && path[0] == '/', named = absolute;

	if (size <= 1)
		return size == 1;
	for (size_t at = absolute; at <= size;) {
		const char *slash = at < size ? memchr(path + at, '/', size - at) : NULL;
		size_t length = (slash ? (size_t)(slash - path) : size) - at;

		if (length == 0 || (length == 1 && path[at] == '.'))
			return false;
		if (length == 2 && path[at] == '.' && path[at + 1] == '.') {
			if (named)
				return false;
		} else {
			named = true;
		}
		at += length + 1;
	}
	return true;
}

const char *path_extension(const char *path, size_t size, size_t *ret_size)
{
	size_t at = size;

	while (at > 0 && path[at - 1] != '.' && path[at - 1] != '/')
		at--;
	if (at == 0 || path[at - 1] != '.') {
		*ret_size = 0;
		return path + size;
	}
	*ret_size = size - at + 1;
	return path + at - 1;
}
