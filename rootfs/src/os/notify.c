// SPDX-License-Identifier: Apache-2.0
/* See notify.h. */
#include "os/notify.h"
#include "os/file.h"
#include "os/socket.h"
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BARRIER_MS 5000

int notify_tell(const char *lines, const int *fds, size_t count, struct error *error)
{
	const char *path = getenv("NOTIFY_SOCKET");
	AUTO_CLOSE int fd = -1;

	if (!path || *path == '\0')
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(error, "socket");
	return socket_send(fd, path, lines, fds, count, error);
}

/* systemd closes what it got once all that came before is done with. */
static int wait_until_read(struct error *error)
{
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, "pipe");
	AUTO_CLOSE int ours = ends[0];
	AUTO_CLOSE int theirs = ends[1];
	struct pollfd poll_fd = { .fd = ours };

	r = notify_tell("BARRIER=1", &theirs, 1, error);
	close_fd(&theirs);
	if (r == 0)
		poll(&poll_fd, 1, BARRIER_MS);
	return r;
}

int notify_send(const char *lines, struct error *error)
{
	int r = notify_tell(lines, NULL, 0, error);

	return r < 0 ? r : wait_until_read(error);
}
