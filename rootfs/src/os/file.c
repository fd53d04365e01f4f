// SPDX-License-Identifier: Apache-2.0
/* See file.h. */
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void free_text(char **text)
{
	free(*text);
	*text = NULL;
}

/* Reads until the end or until the buffer is full. Returns the number of bytes or -1 with errno. */
static ssize_t read_all(int fd, char *buffer, size_t room)
{
	size_t used = 0;

	while (used < room) {
		ssize_t n = read(fd, buffer + used, room - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

/* Up to the end or to max_bytes + 1, with a terminator; memory only for what is there. */
static int read_growing(int fd, size_t max_bytes, char **ret, size_t *ret_size)
{
	AUTO_FREE char *text = NULL;
	size_t room = 0, used = 0;

	while (used == room && used <= max_bytes) {
		size_t more = room == 0 ? 65536 : room * 2;
		char *grown;
		ssize_t n;

		room = more < max_bytes + 1 ? more : max_bytes + 1;
		grown = realloc(text, room + 1);
		if (!grown)
			return -ENOMEM;
		text = grown;
		n = read_all(fd, text + used, room - used);
		if (n < 0)
			return -errno;
		used += (size_t)n;
	}
	text[used] = '\0';
	*ret = text;
	*ret_size = used;
	text = NULL;
	return 0;
}

int file_read_bytes(const char *path, size_t max_bytes, char **ret, size_t *ret_size,
		    struct error *error)
{
	bool standard = strcmp(path, "-") == 0;
	AUTO_CLOSE int fd =
		standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	AUTO_FREE char *text = NULL;
	int r;

	if (fd < 0)
		return error_errno(error, "open %s", path);
	r = read_growing(fd, max_bytes, &text, ret_size);
	if (r < 0)
		return error_set(error, r, "read %s: %s", path, strerror(-r));
	if (*ret_size > max_bytes)
		return error_set(error, -EFBIG, "read %s: longer than %zu bytes", path, max_bytes);
	*ret = text;
	text = NULL;
	return 0;
}

int file_read(const char *path, size_t max_bytes, char **ret, struct error *error)
{
	size_t size;

	return file_read_bytes(path, max_bytes, ret, &size, error);
}

int file_append(int fd, const void *all, size_t size)
{
	const char *bytes = all;

	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

int file_write(const char *path, const char *text, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return error_errno(error, "open %s", path);
	if (file_append(fd, text, strlen(text)) < 0)
		return error_errno(error, "write %s", path);
	return 0;
}

int file_read_at(int fd, uint64_t offset_bytes, void *ret, size_t size, struct error *error)
{
	char *at = ret;

	while (size > 0) {
		ssize_t n = pread(fd, at, size, (off_t)offset_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(error, "read at %llu", (unsigned long long)offset_bytes);
		if (n == 0)
			return error_set(error, -EIO, "ends at byte %llu",
					 (unsigned long long)offset_bytes);
		at += n;
		offset_bytes += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int file_write_at(int fd, uint64_t offset_bytes, const void *bytes, size_t size,
		  struct error *error)
{
	const char *at = bytes;

	while (size > 0) {
		ssize_t n = pwrite(fd, at, size, (off_t)offset_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(error, "write at %llu",
					   (unsigned long long)offset_bytes);
		at += n;
		offset_bytes += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int file_make_folder(const char *path, struct error *error)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return error_errno(error, "make folder %s", path);
	return 0;
}

static int write_synced(const char *path, const char *text, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return error_errno(error, "create %s", path);
	if (file_append(fd, text, strlen(text)) < 0 || fsync(fd) < 0)
		return error_errno(error, "write %s", path);
	return 0;
}

static int sync_folder_of(const char *path, struct error *error)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	AUTO_CLOSE int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return error_errno(error, "sync the folder of %s", path);
	return 0;
}

int file_replace(const char *path, const char *text, struct error *error)
{
	char temporary[PATH_MAX];
	int r;

	if (snprintf(temporary, sizeof(temporary), "%s.tmp", path) >= (int)sizeof(temporary))
		return error_set(error, -ENAMETOOLONG, "replace %s: name is too long", path);
	r = write_synced(temporary, text, error);
	if (r == 0 && rename(temporary, path) < 0)
		r = error_errno(error, "rename %s", temporary);
	if (r < 0) {
		unlink(temporary);
		return r;
	}
	return sync_folder_of(path, error);
}
