// SPDX-License-Identifier: Apache-2.0
/* See entry.h. Must never let a ".." through. */
#include "lib/oci/entry.h"
#include "lib/text.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define HIDES ".wh."
#define OPAQUE ".wh..wh..opq"

static bool is(const char *at, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(at, name, length) == 0;
}

static int append(char *out, size_t *used, const char *at, size_t length)
{
	if (length > NAME_MAX || *used + length + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	if (*used > 0)
		out[(*used)++] = '/';
	memcpy(out + *used, at, length);
	*used += length;
	out[*used] = '\0';
	return 0;
}

static int clean(const char *name, char *out)
{
	size_t used = 0;
	int r = 0;

	out[0] = '\0';
	for (const char *at = name; *(at += strspn(at, "/")) != '\0' && r == 0;) {
		size_t length = strcspn(at, "/");

		if (is(at, length, ".."))
			return -EINVAL;
		if (!is(at, length, "."))
			r = append(out, &used, at, length);
		at += length;
	}
	return r;
}

char *oci_entry_split(char *path, const char **ret_folder)
{
	char *slash = strrchr(path, '/');

	*ret_folder = slash ? path : "";
	if (!slash)
		return path;
	*slash = '\0';
	return slash + 1;
}

static int hidden(char *path, char *last)
{
	const char *name = last + strlen(HIDES);

	if (strcmp(last, OPAQUE) == 0) {
		last[last > path ? -1 : 0] = '\0';
		return OCI_ENTRY_OPAQUE;
	}
	if (text_starts(name, HIDES))
		return OCI_ENTRY_LEFT_OUT;
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	memmove(last, name, strlen(name) + 1);
	return OCI_ENTRY_WHITEOUT;
}

int oci_entry_parse(const char *name, char ret[PATH_MAX])
{
	char *slash, *last;
	int r = clean(name, ret);

	if (r < 0)
		return r;
	if (ret[0] == '\0')
		return OCI_ENTRY_ROOT;
	slash = strrchr(ret, '/');
	last = slash ? slash + 1 : ret;
	return text_starts(last, HIDES) ? hidden(ret, last) : OCI_ENTRY_NODE;
}
