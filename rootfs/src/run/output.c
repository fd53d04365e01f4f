// SPDX-License-Identifier: Apache-2.0
/* Where a container's output goes: to what we were given, unless that is the journal's socket. A
 * program cannot open a socket by its name, and images do open /dev/stdout or /proc/self/fd/2, so
 * the container gets a pipe, whose other end keelson-output moves to the socket. */
#include "os/datagram.h"
#include "run/start.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define SEND_S 5

/* To /run, by a descriptor: paths of sockets are short. */
static int send_pair(const struct start *start, int pipe, int stream, struct error *error)
{
	const struct timeval limit = { .tv_sec = SEND_S };
	const int fds[] = { pipe, stream };
	char path[64];
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	AUTO_CLOSE int folder = open(start->places->state, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || folder < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0)
		return error_errno(error, "%s", start->places->state);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/output.sock", folder);
	return datagram_send(fd, path, "output", fds, 2, error);
}

/* It is the user's that the container runs as, who may open it then. */
static int replace(const struct start *start, int output, struct error *error)
{
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, "pipe");
	AUTO_CLOSE int ours = ends[0];
	AUTO_CLOSE int theirs = ends[1];

	r = send_pair(start, ours, output, error);
	if (r == 0 && fchown(theirs, start->outside_identity.uid, start->outside_identity.gid) < 0)
		r = error_errno(error, "chown the pipe");
	if (r == 0 && dup2(theirs, output) < 0)
		r = error_errno(error, "dup2");
	return r;
}

static bool is_socket(int fd, ino_t *ret)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	*ret = status.st_ino;
	return true;
}

int start_output(struct start *start, struct error *error)
{
	const char *driver = start->options->log_driver;
	ino_t out = 0, errors = 0;
	int r = 0;

	if (driver && strcmp(driver, "passthrough") == 0)
		return 0;
	is_socket(STDERR_FILENO, &errors);
	if (is_socket(STDOUT_FILENO, &out))
		r = replace(start, STDOUT_FILENO, error);
	if (r == 0 && errors != 0 && errors == out && dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		r = error_errno(error, "dup2");
	if (r == 0 && errors != 0 && errors != out)
		r = replace(start, STDERR_FILENO, error);
	if (r == -ENOENT || r == -ECONNREFUSED) {
		fprintf(stderr,
			"keelson-run: no keelson-output.socket (%s/output.sock): programs "
			"that open /dev/stdout will fail\n",
			start->places->state);
		return 0;
	}
	return r;
}
