// SPDX-License-Identifier: Apache-2.0
/* See hostsfile.h. */
#include "net/hostsfile.h"
#include "lib/net/texts.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOSTS_MAX_BYTES (1 << 20)

/* One write covers all that was there, so that no reader sees the end of the old text behind the
 * new one; then the file is cut. */
static int write_over(int fd, const char *path, const char *text, size_t old_bytes,
		      struct error *error)
{
	size_t size = strlen(text), room = size > old_bytes ? size : old_bytes;
	AUTO_FREE char *padded = malloc(room + 1);
	int r;

	if (!padded)
		return error_set(error, -ENOMEM, "write %s: no memory", path);
	memset(padded, '\n', room);
	memcpy(padded, text, size);
	r = file_write_at(fd, 0, padded, room, error);
	if (r < 0)
		return error_wrap(error, "write %s", path);
	if (ftruncate(fd, (off_t)size) < 0)
		return error_errno(error, "cut %s", path);
	return 0;
}

static int open_file(const char *path, int flags, int *ret, size_t *ret_bytes, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0644);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, "open %s", path);
	if (!S_ISREG(status.st_mode) || status.st_size > HOSTS_MAX_BYTES)
		return error_set(error, -EINVAL, "%s is no file, or longer than %d bytes", path,
				 HOSTS_MAX_BYTES);
	*ret = fd;
	*ret_bytes = (size_t)status.st_size;
	fd = -1;
	return 0;
}

int hostsfile_write(const char *path, const char *text, struct error *error)
{
	AUTO_CLOSE int fd = -1;
	size_t old_bytes = 0;
	int r = open_file(path, O_CREAT, &fd, &old_bytes, error);

	return r < 0 ? r : write_over(fd, path, text, old_bytes, error);
}

void hostsfile_refresh(const struct net_record *member, const struct net_state *state)
{
	AUTO_FREE char *text = NULL, *fresh = NULL;
	AUTO_CLOSE int fd = -1;
	struct error ignored;
	size_t bytes = 0;

	if (open_file(member->hosts_file, 0, &fd, &bytes, &ignored) < 0)
		return;
	text = calloc(1, bytes + 1);
	if (!text || file_read_at(fd, 0, text, bytes, &ignored) < 0 || strlen(text) != bytes)
		return;
	fresh = net_hosts_refresh(text, member, state);
	if (fresh && strcmp(fresh, text) != 0)
		write_over(fd, member->hosts_file, fresh, bytes, &ignored);
}
