// SPDX-License-Identifier: Apache-2.0
/*
 * See removal.h. A folder's entries are removed; folders in it that are not empty are renamed into
 * the top one, under a number, and have their turn there. So the tree gets flat as it goes, and
 * nothing is ever deeper than two.
 */
#include "os/removal.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct removal {
	int top;
	uint64_t moved; /* folders, for their names */
	bool progress;
};

static bool is_own(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A folder's mode or an immutable flag may stand in the way; root minds the latter only. */
static int move_up(struct removal *removal, int folder, const char *name)
{
	char number[48];

	for (int tries = 0; tries < 1000; tries++) {
		snprintf(number, sizeof(number), ".removed-%llu",
			 (unsigned long long)removal->moved++);
		if (renameat2(folder, name, removal->top, number, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static void take(struct removal *removal, int folder, const char *name)
{
	if (unlinkat(folder, name, 0) == 0 || unlinkat(folder, name, AT_REMOVEDIR) == 0)
		removal->progress = true;
	else if (folder != removal->top && (errno == ENOTEMPTY || errno == EEXIST))
		removal->progress |= move_up(removal, folder, name) == 0;
}

/* Everything in a folder; takes over the descriptor. */
static void clear(struct removal *removal, int fd)
{
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		close_fd(&fd);
		return;
	}
	while ((entry = readdir(folder)))
		if (!is_own(entry->d_name))
			take(removal, dirfd(folder), entry->d_name);
	closedir(folder);
}

/* One round: the entries of the top folder, and what is in those that are folders. */
static void clear_top(struct removal *removal)
{
	int again = openat(removal->top, ".", flags);
	DIR *folder = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!folder) {
		close_fd(&again);
		return;
	}
	while ((entry = readdir(folder))) {
		if (is_own(entry->d_name))
			continue;
		clear(removal, openat(removal->top, entry->d_name, flags));
		take(removal, removal->top, entry->d_name);
	}
	closedir(folder);
}

int removal_of(const char *path, struct error *error)
{
	struct removal removal = { .progress = true };
	AUTO_CLOSE int top = open(path, flags);

	if (top < 0 && (errno == ENOENT || unlink(path) == 0))
		return 0;
	if (top < 0)
		return error_errno(error, "open %s", path);
	removal.top = top;
	while (removal.progress && rmdir(path) < 0) {
		removal.progress = false;
		clear_top(&removal);
	}
	if (access(path, F_OK) == 0 && rmdir(path) < 0)
		return error_errno(error, "remove %s", path);
	return 0;
}
