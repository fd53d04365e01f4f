// SPDX-License-Identifier: Apache-2.0
/* Where a container's output goes: to what we were given, unless that is the journal's socket. A
 * program cannot open a socket by its name, and images do open /dev/stdout or /proc/self/fd/2, so
 * the container gets a pipe. As long as we are there we move what comes to the socket, then
 * keelson-output does. */
#include "lib/overview/origin.h"
#include "os/socket.h"
#include "run/start.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define SEND_S 5
#define CGROUP_BYTES_MAX 65536

static int open_relay(const struct start *start, char path[SOCKET_PATH_BYTES], int *ret_folder,
		      struct error *error)
{
	const char *state = start->places->state;
	int r = socket_path(state, "output.sock", ret_folder, path, error);

	if (r == 0 && access(path, F_OK) < 0)
		r = error_errno(error, "%s/output.sock", state);
	return r;
}

static const char *own_unit(const struct start *start)
{
	const char *text = NULL, *unit = NULL;
	size_t size;

	if (place_read(start->places, "/proc/self/cgroup", CGROUP_BYTES_MAX, &text, &size, NULL) ==
	    0)
		unit = origin_unit(text, start->places->arena);
	return unit ? unit : "";
}

/* It is the user's that the container runs as, who may open it then. */
static int replace(const struct start *start, int output, struct pending_output *ret,
		   struct error *error)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, "pipe");
	AUTO_CLOSE int theirs = ends[1];

	ret->pipe = ends[0];
	ret->stream = fcntl(output, F_DUPFD_CLOEXEC, 0);
	if (ret->stream < 0 ||
	    fchown(theirs, start->outside_identity.uid, start->outside_identity.gid) < 0 ||
	    dup2(theirs, output) < 0)
		return error_errno(error, "make a pipe of descriptor %d", output);
	return 0;
}

static ino_t socket_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

static bool needs_relay(const struct start *start)
{
	return start->options->sdnotify != NULL;
}

int start_output(struct start *start, struct error *error)
{
	const char *driver = start->options->log_driver;
	ino_t out = socket_of(STDOUT_FILENO), errors = socket_of(STDERR_FILENO);
	AUTO_CLOSE int folder = -1;
	char path[SOCKET_PATH_BYTES];
	int r = 0;

	if ((driver && strcmp(driver, "passthrough") == 0) || (out == 0 && errors == 0))
		return 0;
	if (needs_relay(start) && open_relay(start, path, &folder, NULL) < 0) {
		fprintf(stderr,
			"keelson-run: no keelson-output.socket (%s/output.sock): programs that "
			"open /dev/stdout will fail\n",
			start->places->state);
		return 0;
	}
	start->outputs[0].errors_too = errors == out;
	if (out != 0)
		r = replace(start, STDOUT_FILENO, &start->outputs[0], error);
	if (r == 0 && errors != 0 && errors != out)
		r = replace(start, STDERR_FILENO, &start->outputs[1], error);
	if (r == 0 && errors == out && dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		r = error_errno(error, "dup2");
	return r;
}

void start_move_output(const struct start *start)
{
	for (size_t i = 0; i < 2; i++)
		while (start->outputs[i].pipe >= 0 &&
		       splice(start->outputs[i].pipe, NULL, start->outputs[i].stream, NULL, 1 << 16,
			      SPLICE_F_NONBLOCK) > 0)
			;
}

int start_pass_output(struct start *start, struct error *error)
{
	const struct timeval limit = { .tv_sec = SEND_S };
	AUTO_CLOSE int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	AUTO_CLOSE int folder = -1;
	char path[SOCKET_PATH_BYTES];
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++) {
		struct pending_output *output = &start->outputs[i];

		if (output->pipe < 0)
			continue;
		/* one each: systemd keeps no descriptor twice */
		AUTO_CLOSE int process = (int)syscall(SYS_pidfd_open, (pid_t)start->state.pid, 0);
		const int fds[] = { output->pipe, output->stream, process };

		r = folder < 0 ? open_relay(start, path, &folder, error) : 0;
		if (r == 0 &&
		    (sender < 0 || process < 0 ||
		     setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0))
			r = error_errno(error, "pass output on");
		if (r == 0)
			r = socket_send(sender, path, own_unit(start), fds, 3, error);
		if (r < 0)
			return r;
		close_fd(&output->pipe);
		close_fd(&output->stream);
	}
	return 0;
}

void start_drop_output(struct start *start)
{
	start_move_output(start);
	for (size_t i = 0; i < 2; i++) {
		struct pending_output *output = &start->outputs[i];

		if (output->pipe < 0)
			continue;
		dup2(output->stream, i == 0 ? STDOUT_FILENO : STDERR_FILENO);
		if (output->errors_too)
			dup2(output->stream, STDERR_FILENO);
		close_fd(&output->pipe);
		close_fd(&output->stream);
	}
}
