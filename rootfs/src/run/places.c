// SPDX-License-Identifier: Apache-2.0
/* See places.h. */
#include "run/places.h"
#include "lib/text.h"
#include "os/removal.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *join(const struct places *places, const char *base, const char *kind,
			const char *name, const char *file)
{
	return arena_format(places->arena, "%s/%s%s%s%s%s", base, kind, name ? "/" : "",
			    name ? name : "", file ? "/" : "", file ? file : "");
}

const char *place_of(const struct places *places, const char *kind, const char *name,
		     const char *file)
{
	return join(places, places->state, kind, name, file);
}

const char *place_kept(const struct places *places, const char *kind, const char *name,
		       const char *file)
{
	return join(places, places->store, kind, name, file);
}

int place_make(const char *path, bool open, struct error *error)
{
	char part[PATH_MAX];
	size_t length = strlen(path);

	if (length == 0 || text_copy(part, sizeof(part), path, length) < 0)
		return error_set(error, -ENAMETOOLONG, "a path is too long");
	for (char *at = part + 1;; at++) {
		bool end = *at == '\0';

		if (!end && *at != '/')
			continue;
		*at = '\0';
		if (mkdir(part, end && !open ? 0700 : 0755) < 0 && errno != EEXIST)
			return error_errno(error, "make folder %s", part);
		if (end)
			return 0;
		*at = '/';
	}
}

int place_lock(const struct places *places, const char *kind, const char *name, int *ret,
	       struct error *error)
{
	const char *file = arena_format(places->arena, "%s:%s", kind, name);
	const char *path = place_of(places, "locks", file, NULL);
	int r = place_make(place_of(places, "locks", NULL, NULL), false, error);

	if (r < 0)
		return r;
	*ret = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*ret < 0)
		return error_errno(error, "open %s", path);
	while (flock(*ret, LOCK_EX) < 0)
		if (errno != EINTR)
			return error_errno(error, "lock %s", path);
	return 0;
}

int place_remove(const char *path, struct error *error)
{
	return removal_of(path, error);
}

int place_read(const struct places *places, const char *path, size_t max_bytes, const char **ret,
	       size_t *ret_size, struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = file_read_bytes(path, max_bytes, &text, ret_size, error);

	if (r < 0)
		return r;
	*ret = arena_copy(places->arena, text, *ret_size);
	return *ret ? 0 : error_set(error, -ENOMEM, "out of memory");
}
