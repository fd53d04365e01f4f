// SPDX-License-Identifier: Apache-2.0
/*
 * See relay.h. A container's output is the reading end of a pipe, a socket of the journal, and a
 * descriptor of its process. The journal asks the kernel who has sent a message, so what is sent
 * says that it is the process's (SCM_CREDENTIALS, which takes CAP_SYS_ADMIN); once that has ended
 * nobody can say so, and the last lines are messages about its unit instead, which "journalctl
 * --unit" shows too.
 *
 * The name of the three in systemd's store is the pipe's inode number, which no other pipe has as
 * long as this one is open, and the unit.
 *
 * A crash between receiving them and storing them loses them: the container's next write gets
 * EPIPE. After that a crash loses what was read and not yet sent, at most.
 */
#include "output/relay.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/notify.h"
#include "os/socket.h"
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIRST_FD 3 /* sd_listen_fds(3) */
#define OUTPUTS_MAX 4096
#define FDS 3 /* of an output */
#define MOVED_BYTES_MAX (16 << 10)
#define UNIT_BYTES 200
#define NAME_BYTES 255 /* systemd's limit */

struct output {
	int pipe, stream, process;
	bool full; /* the stream takes no more for now */
	char unit[UNIT_BYTES];
};

struct relay {
	int socket, journal;
	struct output outputs[OUTPUTS_MAX];
	size_t count;
};

static void name_of(const struct output *output, char ret[NAME_BYTES])
{
	struct stat status = { 0 };

	fstat(output->pipe, &status);
	snprintf(ret, NAME_BYTES, "%" PRIu64 " %s", (uint64_t)status.st_ino, output->unit);
}

static void store(const struct output *output, bool keep)
{
	const int fds[FDS] = { output->pipe, output->stream, output->process };
	char lines[NAME_BYTES + 64], name[NAME_BYTES];
	struct error error = { 0 };

	name_of(output, name);
	snprintf(lines, sizeof(lines), "%s\nFDNAME=%s%s", keep ? "FDSTORE=1" : "FDSTOREREMOVE=1",
		 name, keep ? "\nFDPOLL=0" : "");
	if (notify_tell(lines, fds, keep ? FDS : 0, &error) < 0)
		fprintf(stderr, "keelson-output: %s\n", error.text);
}

static bool is_process(int fd)
{
	AUTO_FREE char *text = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return file_read(path, 4096, &text, NULL) == 0 && strstr(text, "\nPid:\t");
}

/* Which of the three a descriptor is, in whatever order they are. */
static bool sort_in(struct output *output, int fd)
{
	struct stat status;
	int *place;

	if (fstat(fd, &status) < 0)
		return false;
	place = S_ISFIFO(status.st_mode)   ? &output->pipe
		: S_ISSOCK(status.st_mode) ? &output->stream
					   : &output->process;
	if (*place >= 0 || (place == &output->process && !is_process(fd)))
		return false;
	*place = fd;
	return true;
}

static bool set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* The unit becomes a part of a name, and a line. */
static void set_unit(struct output *output, const char *text, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length && used + 1 < sizeof(output->unit); i++)
		if (text[i] > ' ' && text[i] <= '~' && text[i] != ':')
			output->unit[used++] = text[i];
	output->unit[used] = '\0';
}

static struct output *add(struct relay *relay, const int fds[FDS], const char *unit, size_t length)
{
	struct output output = { -1, -1, -1, false, "" };

	if (relay->count == OUTPUTS_MAX)
		return NULL;
	for (size_t i = 0; i < FDS; i++)
		if (!sort_in(&output, fds[i]))
			return NULL;
	if (!set_nonblocking(output.pipe))
		return NULL;
	set_unit(&output, unit, length);
	relay->outputs[relay->count] = output;
	return &relay->outputs[relay->count++];
}

static void drop(struct relay *relay, size_t at)
{
	struct output *output = &relay->outputs[at];

	store(output, false);
	close_fd(&output->pipe);
	close_fd(&output->stream);
	close_fd(&output->process);
	*output = relay->outputs[--relay->count];
}

static bool is_ready(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Its number, until somebody has taken note of its end; then 0 or -1. */
static pid_t number_of(int process)
{
	AUTO_FREE char *text = NULL;
	char path[64];
	const char *found;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", process);
	if (file_read(path, 4096, &text, NULL) < 0)
		return 0;
	found = strstr(text, "\nPid:\t");
	return found ? (pid_t)strtol(found + 6, NULL, 10) : 0;
}

/* As if the process had written it. False: it cannot be said that it has. */
static bool send_as(int stream, pid_t process, const char *bytes, size_t size)
{
	struct ucred who = { .pid = process, .uid = geteuid(), .gid = getegid() };
	struct iovec part = { (void *)(uintptr_t)bytes, size };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(who))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (process <= 0)
		return false;
	message.msg_control = &control;
	message.msg_controllen = sizeof(control);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_CREDENTIALS;
	control.header.cmsg_len = (socklen_t)CMSG_LEN(sizeof(who));
	memcpy(CMSG_DATA(&control.header), &who, sizeof(who));
	return sendmsg(stream, &message, MSG_NOSIGNAL) >= 0 || (errno != ESRCH && errno != EPERM);
}

/* The journal's own protocol: a field with its length takes any byte. */
static void tell_line(const struct relay *relay, const struct output *output, const char *line,
		      size_t size)
{
	char head[2 * UNIT_BYTES + 128];
	uint64_t length = htole64(size);
	size_t name = strcspn(output->unit, ".");
	int used = snprintf(head, sizeof(head),
			    "PRIORITY=6\nSYSLOG_IDENTIFIER=%.*s\nOBJECT_SYSTEMD_UNIT=%s\nMESSAGE\n",
			    (int)name, output->unit, output->unit);
	struct iovec parts[] = { { head, (size_t)used },
				 { &length, sizeof(length) },
				 { (void *)(uintptr_t)line, size },
				 { (void *)(uintptr_t)"\n", 1 } };
	struct sockaddr_un journal;
	struct msghdr message = { .msg_name = &journal, .msg_iov = parts, .msg_iovlen = 4 };

	if (socket_address(JOURNAL_SOCKET, &journal, &message.msg_namelen, NULL) == 0)
		(void)!sendmsg(relay->journal, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void tell_lines(const struct relay *relay, const struct output *output, const char *bytes,
		       size_t size)
{
	for (const char *end = bytes + size; bytes < end;) {
		const char *line = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t length = (size_t)((line ? line : end) - bytes);

		tell_line(relay, output, bytes, length);
		bytes += length + 1;
	}
}

/* False when nobody has the pipe open for writing any more. A stream that can be written to takes
 * all of it: there is room for more than is read. */
static bool move(const struct relay *relay, struct output *output)
{
	char bytes[MOVED_BYTES_MAX];
	ssize_t n;

	output->full = !is_ready(output->stream, POLLOUT);
	if (output->full)
		return true;
	n = read(output->pipe, bytes, sizeof(bytes));
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n > 0 && !send_as(output->stream, number_of(output->process), bytes, (size_t)n))
		tell_lines(relay, output, bytes, (size_t)n);
	return n > 0;
}

static void receive(struct relay *relay)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(SOCKET_FDS_MAX * sizeof(int))];
	} control;
	char unit[UNIT_BYTES];
	struct iovec bytes = { unit, sizeof(unit) };
	struct msghdr message = { .msg_iov = &bytes,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t length = recvmsg(relay->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	int fds[SOCKET_FDS_MAX];
	struct output *output;
	size_t count = 0;

	if (length < 0)
		return;
	if (message.msg_controllen > 0 && control.header.cmsg_level == SOL_SOCKET &&
	    control.header.cmsg_type == SCM_RIGHTS) {
		count = (control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(&control.header), count * sizeof(int));
	}
	output = count == FDS ? add(relay, fds, unit, (size_t)length) : NULL;
	if (output) {
		store(output, true);
		return;
	}
	fprintf(stderr,
		"keelson-output: refused %zu descriptors: not a pipe, a socket and a process, or "
		"there are %zu outputs\n",
		count, relay->count);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

/* All that have the name of the descriptor at. */
static void take_stored(struct relay *relay, int at, char *names[], int count)
{
	const char *unit = strchr(names[at], ' ');
	int fds[FDS];
	size_t found = 0;

	for (int other = at; other < count && found < FDS; other++)
		if (strcmp(names[at], names[other]) == 0)
			fds[found++] = FIRST_FD + other;
	if (found < FDS || !add(relay, fds, unit ? unit + 1 : "", unit ? strlen(unit + 1) : 0))
		fprintf(stderr, "keelson-output: %s: not a pipe, a socket and a process\n",
			names[at]);
}

static bool comes_first(char *names[], int at)
{
	for (int other = 0; other < at; other++)
		if (strcmp(names[at], names[other]) == 0)
			return false;
	return true;
}

static int take_passed(struct relay *relay, struct error *error)
{
	const char *given = getenv("LISTEN_FDS"), *text = getenv("LISTEN_FDNAMES");
	static char *names[FDS * OUTPUTS_MAX + 1];
	AUTO_FREE char *copy = text ? strdup(text) : NULL;
	uint64_t count = 0;
	size_t named = 0;

	if (!given || text_to_number(given, sizeof(names) / sizeof(names[0]), &count) < 0 ||
	    count == 0 || !copy)
		return error_set(error, -EINVAL,
				 "no socket was passed; this is run by keelson-output.service");
	for (char *at = copy, *name; named < count && (name = strsep(&at, ":"));)
		names[named++] = name;
	if (named != count)
		return error_set(error, -EINVAL, "LISTEN_FDNAMES has %zu names for %s descriptors",
				 named, given);
	for (int i = 0; i < (int)count; i++) {
		fcntl(FIRST_FD + i, F_SETFD, FD_CLOEXEC);
		if (names[i][0] < '0' || names[i][0] > '9')
			relay->socket = FIRST_FD + i;
		else if (comes_first(names, i))
			take_stored(relay, i, names, (int)count);
	}
	return relay->socket < 0 ? error_set(error, -EINVAL, "no socket was passed") : 0;
}

static int wait_and_move(struct relay *relay, struct error *error)
{
	static struct pollfd fds[OUTPUTS_MAX + 1];
	size_t count = relay->count;

	fds[count] = (struct pollfd){ relay->socket, POLLIN, 0 };
	for (size_t i = 0; i < count; i++) {
		const struct output *output = &relay->outputs[i];

		fds[i] = output->full ? (struct pollfd){ output->stream, POLLOUT, 0 }
				      : (struct pollfd){ output->pipe, POLLIN, 0 };
	}
	if (poll(fds, count + 1, -1) < 0)
		return errno == EINTR ? 0 : error_errno(error, "poll");
	for (size_t i = count; i > 0;
	     i--) /* backwards: the last one takes the place of a dropped */
		if (fds[i - 1].revents != 0 && !move(relay, &relay->outputs[i - 1]))
			drop(relay, i - 1);
	if (fds[count].revents != 0)
		receive(relay);
	return 0;
}

int relay(struct error *error)
{
	static struct relay all; /* of zeros, which the program's file need not have */
	int r;

	all.socket = -1;
	r = take_passed(&all, error);

	all.journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r == 0 && all.journal < 0)
		r = error_errno(error, "socket");

	signal(SIGPIPE, SIG_IGN);
	while (r == 0)
		r = wait_and_move(&all, error);
	return r;
}
