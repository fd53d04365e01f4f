// SPDX-License-Identifier: Apache-2.0
/* See netns.h. */
#include "net/netns.h"
#include "net/link.h"
#include "os/file.h"
#include "os/netlink.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Addresses are given, and are nobody else's: no router is listened to, and none is tried out
 * before it is used. A kernel without IPv6 has no such files. */
static void calm_ipv6(void)
{
	static const char *const files[] = { "/proc/sys/net/ipv6/conf/default/accept_ra",
					     "/proc/sys/net/ipv6/conf/default/accept_dad" };
	struct error ignored;

	for (size_t i = 0; i < 2; i++)
		file_write(files[i], "0\n", &ignored);
}

static int prepare(int *ret_route, struct error *error)
{
	int route = -1, index, r;

	calm_ipv6();
	r = netlink_open(NETLINK_ROUTE, &route, error);
	if (r == 0)
		r = link_index(route, "lo", &index, error);
	if (r == 0)
		r = link_up(route, index, error);
	if (r < 0)
		close_fd(&route);
	else
		*ret_route = route;
	return r;
}

int netns_open(const char *path, int *ret, int *ret_route, struct error *error)
{
	AUTO_CLOSE int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int netns = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat ours, its;
	int r;

	if (own < 0 || fstat(own, &ours) < 0)
		return error_errno(error, "our own network namespace");
	if (netns < 0 || fstat(netns, &its) < 0)
		return error_errno(error, "open %s", path);
	if (ours.st_dev == its.st_dev && ours.st_ino == its.st_ino)
		return error_set(error, -EINVAL, "%s is the host's own network namespace", path);
	if (setns(netns, CLONE_NEWNET) < 0)
		return error_errno(error, "enter the network namespace %s", path);
	r = prepare(ret_route, error);
	/* Whatever came next would be done to the container instead of the host. */
	if (setns(own, CLONE_NEWNET) < 0)
		abort();
	if (r < 0)
		return error_wrap(error, "network namespace %s", path);
	*ret = netns;
	netns = -1;
	return 0;
}

static void take_number(const struct nl_answer *answer, void *context)
{
	size_t at = NLMSG_ALIGN(sizeof(struct rtgenmsg));
	struct nl_attribute attribute;

	while (nl_next_attribute(answer->body, answer->body_bytes, &at, &attribute))
		if (attribute.type == NETNSA_NSID)
			*(uint32_t *)context = nl_u32(&attribute);
}

/* One question about a namespace. ret: NETNSA_NSID_NOT_ASSIGNED if it has no number. */
static int ask(int route, uint16_t type, const uint32_t *netns, const uint32_t *number,
	       uint32_t *ret, struct error *error)
{
	struct rtgenmsg header = { .rtgen_family = AF_UNSPEC };
	struct nl_batch batch = { 0 };
	int r;

	*ret = (uint32_t)NETNSA_NSID_NOT_ASSIGNED;
	nl_message(&batch, type, NLM_F_ACK, &header, sizeof(header));
	if (netns)
		nl_put_u32(&batch, NETNSA_FD, *netns);
	if (number)
		nl_put_u32(&batch, NETNSA_NSID, *number);
	r = netlink_ask(route, &batch, take_number, ret, error);
	free(batch.bytes);
	return r;
}

int netns_number(int route, int netns, uint32_t *ret, struct error *error)
{
	uint32_t space = (uint32_t)netns, lot;
	int r;

	do {
		if (getrandom(&lot, sizeof(lot), 0) != sizeof(lot))
			return error_errno(error, "random bytes");
		lot &= INT32_MAX;
		r = ask(route, RTM_NEWNSID, &space, &lot, ret, error);
		/* -EEXIST: it has one already, or another namespace has this one. */
		if (r == 0 || r == -EEXIST)
			r = ask(route, RTM_GETNSID, &space, NULL, ret, error);
	} while (r == 0 && *ret > INT32_MAX);
	return r < 0 ? error_wrap(error, "number of a network namespace") : 0;
}

bool netns_lives(int route, uint32_t number)
{
	struct error ignored;
	uint32_t found;

	return ask(route, RTM_GETNSID, NULL, &number, &found, &ignored) != -ENOENT;
}
