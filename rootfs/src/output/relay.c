// SPDX-License-Identifier: Apache-2.0
/*
 * See relay.h. A pair is the reading end of a pipe and a socket; its name in systemd's store is the
 * pipe's inode number, which no other pipe has as long as this one is open.
 *
 * A crash between receiving a pair and storing it loses it: the container's next write gets EPIPE.
 * After that a crash loses nothing: both descriptors come back, what was not moved is in the pipe.
 */
#include "output/relay.h"
#include "lib/text.h"
#include "os/datagram.h"
#include "os/file.h"
#include "os/notify.h"
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

#define FIRST_FD 3 /* sd_listen_fds(3) */
#define PAIRS_MAX 8192
#define MOVED_BYTES_MAX (64 << 10)

struct pair {
	int pipe, stream;
	bool full; /* the stream takes no more for now */
};

struct relay {
	int socket;
	struct pair pairs[PAIRS_MAX];
	size_t count;
};

/* The inode, and which of the two it is; 0: neither. */
static uint64_t inode_of(int fd, mode_t type)
{
	struct stat status;

	return fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == type ? status.st_ino : 0;
}

static void store(const struct pair *pair, bool keep)
{
	struct error error = { 0 };
	char lines[128];
	const int fds[] = { pair->pipe, pair->stream };

	snprintf(lines, sizeof(lines), "%s\nFDNAME=pipe-%" PRIu64 "%s",
		 keep ? "FDSTORE=1" : "FDSTOREREMOVE=1", inode_of(pair->pipe, S_IFIFO),
		 keep ? "\nFDPOLL=0" : "");
	if (notify_tell(lines, fds, keep ? 2 : 0, &error) < 0)
		fprintf(stderr, "keelson-output: %s\n", error.text);
}

/* A stream that blocks would keep all others waiting. */
static bool add(struct relay *relay, int pipe, int stream)
{
	int flags = fcntl(stream, F_GETFL);

	if (relay->count == PAIRS_MAX || flags < 0 || inode_of(pipe, S_IFIFO) == 0 ||
	    inode_of(stream, S_IFSOCK) == 0 || fcntl(stream, F_SETFL, flags | O_NONBLOCK) < 0)
		return false;
	relay->pairs[relay->count++] = (struct pair){ pipe, stream, false };
	return true;
}

static void drop(struct relay *relay, size_t at)
{
	struct pair *pair = &relay->pairs[at];

	store(pair, false);
	close_fd(&pair->pipe);
	close_fd(&pair->stream);
	*pair = relay->pairs[--relay->count];
}

/* The journal's end is gone: the container writes to nowhere rather than into a broken pipe. */
static bool discard(struct pair *pair)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (nowhere < 0)
		return false;
	close_fd(&pair->stream);
	pair->stream = nowhere;
	return true;
}

/* False when the pair has come to its end: nobody has the pipe open for writing any more. */
static bool move(struct pair *pair)
{
	ssize_t n = splice(pair->pipe, NULL, pair->stream, NULL, MOVED_BYTES_MAX,
			   SPLICE_F_NONBLOCK | SPLICE_F_MOVE);

	if (n < 0 && errno == EAGAIN) {
		pair->full = !pair->full;
		return true;
	}
	if (n < 0 && errno != EINTR)
		return discard(pair);
	pair->full = false;
	return n != 0;
}

static void receive(struct relay *relay)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(DATAGRAM_FDS_MAX * sizeof(int))];
	} control;
	char text[16];
	struct iovec bytes = { text, sizeof(text) };
	struct msghdr message = { .msg_iov = &bytes,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fds[DATAGRAM_FDS_MAX];
	size_t count = 0;

	if (recvmsg(relay->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0)
		return;
	if (message.msg_controllen > 0 && control.header.cmsg_level == SOL_SOCKET &&
	    control.header.cmsg_type == SCM_RIGHTS) {
		count = (control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(&control.header), count * sizeof(int));
	}
	if (count == 2 && add(relay, fds[0], fds[1])) {
		store(&relay->pairs[relay->count - 1], true);
		return;
	}
	fprintf(stderr,
		"keelson-output: refused %zu descriptors: not a pipe and a socket, or %zu pairs are "
		"there already\n",
		count, relay->count);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

/* Of a name there are two, in whatever order. */
static int take_stored(struct relay *relay, int fd, char *names[], int count)
{
	for (int other = fd + 1; other < count; other++) {
		if (strcmp(names[fd], names[other]) != 0)
			continue;
		if (!add(relay, FIRST_FD + fd, FIRST_FD + other) &&
		    !add(relay, FIRST_FD + other, FIRST_FD + fd))
			return -EINVAL;
		return 0;
	}
	return 0;
}

static int take_passed(struct relay *relay, struct error *error)
{
	const char *given = getenv("LISTEN_FDS"), *text = getenv("LISTEN_FDNAMES");
	static char *names[2 * PAIRS_MAX + 1];
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
		if (!text_starts(names[i], "pipe-"))
			relay->socket = FIRST_FD + i;
		else if (take_stored(relay, i, names, (int)count) < 0)
			fprintf(stderr, "keelson-output: %s is no pipe and socket\n", names[i]);
	}
	return relay->socket < 0 ? error_set(error, -EINVAL, "no socket was passed") : 0;
}

static int wait_and_move(struct relay *relay, struct error *error)
{
	static struct pollfd fds[PAIRS_MAX + 1];
	size_t count = relay->count;

	fds[count] = (struct pollfd){ relay->socket, POLLIN, 0 };
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = &relay->pairs[i];

		fds[i] = pair->full ? (struct pollfd){ pair->stream, POLLOUT, 0 }
				    : (struct pollfd){ pair->pipe, POLLIN, 0 };
	}
	if (poll(fds, count + 1, -1) < 0)
		return errno == EINTR ? 0 : error_errno(error, "poll");
	for (size_t i = count; i > 0;
	     i--) /* backwards: the last one takes the place of a dropped */
		if (fds[i - 1].revents != 0 && !move(&relay->pairs[i - 1]))
			drop(relay, i - 1);
	if (fds[count].revents != 0)
		receive(relay);
	return 0;
}

int relay(struct error *error)
{
	static struct relay all = { .socket = -1 };
	int r = take_passed(&all, error);

	signal(SIGPIPE, SIG_IGN);
	while (r == 0)
		r = wait_and_move(&all, error);
	return r;
}
