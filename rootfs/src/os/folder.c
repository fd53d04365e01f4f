// SPDX-License-Identifier: Apache-2.0
/* See folder.h. Links are removed, never followed. */
#include "os/folder.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

static bool is_own(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes a file or a folder with all below it. */
static void remove_entry(int folder_fd, const char *name, dev_t device)
{
	struct stat status;

	if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || status.st_dev != device)
		return;
	if (!S_ISDIR(status.st_mode)) {
		unlinkat(folder_fd, name, 0);
		return;
	}
	folder_remove_contents(openat(folder_fd, name, flags), device, NULL);
	unlinkat(folder_fd, name, AT_REMOVEDIR);
}

void folder_remove_contents(int folder_fd, dev_t device, const char *but)
{
	DIR *folder = folder_fd < 0 ? NULL : fdopendir(folder_fd);
	struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (!is_own(entry->d_name) && (!but || strcmp(entry->d_name, but) != 0))
			remove_entry(folder_fd, entry->d_name, device);
	closedir(folder);
}

static int count_but(int folder_fd, const char *but)
{
	DIR *folder = fdopendir(folder_fd);
	struct dirent *entry;
	int count = 0;

	if (!folder)
		return -errno;
	while ((entry = readdir(folder)))
		count += !is_own(entry->d_name) && strcmp(entry->d_name, but) != 0;
	closedir(folder);
	return count;
}

int folder_clear(const char *path, const char *but, struct error *error)
{
	struct stat status;
	int r;

	if (lstat(path, &status) < 0)
		return error_errno(error, "clear %s", path);
	folder_remove_contents(open(path, flags), status.st_dev, but);
	r = count_but(open(path, flags), but);
	if (r < 0)
		return error_set(error, r, "clear %s: %s", path, strerror(-r));
	return r > 0 ? error_set(error, -ENOTEMPTY, "clear %s: %d entries are left", path, r) : 0;
}
