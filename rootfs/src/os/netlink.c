// SPDX-License-Identifier: Apache-2.0
/* See netlink.h. The kernel answers a request before sending it returns, and the rest of a dump
 * whenever some of it was read; so what is not there yet does not come. */
#include "os/netlink.h"
#include "os/file.h"
#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES (64 << 10) /* the kernel never sends more at once */
#define SEND_EXTRA_BYTES 4096

int netlink_open(int protocol, int *ret, struct error *error)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	AUTO_CLOSE int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	int on = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_errno(error, "netlink %d", protocol);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0)
		return error_errno(error, "netlink %d: options", protocol);
	*ret = fd;
	fd = -1;
	return 0;
}

static int send_all(int fd, const struct nl_batch *batch, struct error *error)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int room = (int)(batch->used + SEND_EXTRA_BYTES);

	if (batch->used > INT32_MAX / 4)
		return error_set(error, -E2BIG, "over %d bytes for the kernel", INT32_MAX / 4);
	if (batch->used > 65536)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	if (sendto(fd, batch->bytes, batch->used, 0, (struct sockaddr *)&kernel, sizeof(kernel)) !=
	    (ssize_t)batch->used)
		return error_errno(error, "send to the kernel");
	return 0;
}

struct reading {
	void (*found)(const struct nl_answer *answer, void *context);
	void *context;
	struct error *error;
	size_t count; /* of answers */
	int result;
};

static void take(struct reading *reading, const struct nl_answer *answer)
{
	const char *text;
	int r;

	reading->count++;
	if (answer->type == NLMSG_ERROR) {
		r = nl_error(answer, &text);
		if (r < 0 && reading->result == 0)
			reading->result = error_set(reading->error, r, "%s%s%s", strerror(-r),
						    *text ? ": " : "", text);
	} else if (answer->type != NLMSG_DONE && answer->type != NLMSG_NOOP && reading->found) {
		reading->found(answer, reading->context);
	}
}

/* Returns 1 when something was read, 0 when there is no more. */
static int read_some(int fd, uint8_t *buffer, struct reading *reading)
{
	struct sockaddr_nl from = { 0 };
	socklen_t from_bytes = sizeof(from);
	struct nl_answer answer;
	size_t at = 0;
	ssize_t n = recvfrom(fd, buffer, ANSWER_BYTES, MSG_DONTWAIT, (struct sockaddr *)&from,
			     &from_bytes);

	if (n < 0 && errno == EINTR)
		return 1;
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0)
		return error_errno(reading->error, "the kernel's answer");
	while (from.nl_pid == 0 && nl_next(buffer, (size_t)n, &at, &answer))
		take(reading, &answer);
	return 1;
}

int netlink_ask(int fd, struct nl_batch *batch,
		void (*found)(const struct nl_answer *answer, void *context), void *context,
		struct error *error)
{
	struct reading reading = { .found = found, .context = context, .error = error };
	AUTO_FREE char *buffer = malloc(ANSWER_BYTES);
	int r;

	nl_finish(batch);
	if (batch->failed || !buffer)
		return error_set(error, -ENOMEM, "no memory for a request");
	r = send_all(fd, batch, error);
	if (r < 0)
		return r;
	do
		r = read_some(fd, (uint8_t *)buffer, &reading);
	while (r > 0);
	if (r == 0 && reading.result == 0 && reading.count == 0)
		return error_set(error, -EPROTO, "the kernel gave no answer");
	return r < 0 ? r : reading.result;
}
