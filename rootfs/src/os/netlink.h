// SPDX-License-Identifier: Apache-2.0
/* Sockets of netlink: requests go to the kernel, its answers are looked at one by one. */
#pragma once
#include "lib/error.h"
#include "lib/net/netlink.h"

/* A socket to the kernel of the network namespace that the caller is in now: it stays there.
 * protocol: NETLINK_ROUTE or NETLINK_NETFILTER. The caller closes it. */
int netlink_open(int protocol, int *ret, struct error *error);

/* Sends requests and reads what comes, which is the first error or, with a message that asks for
 * it (NLM_F_ACK, NLM_F_DUMP), at least one answer. found may be NULL; it gets all that is neither
 * error nor end. Messages behind one that fails may have been done, unless they are a transaction
 * of nftables. Returns 0 or the kernel's negative errno. */
int netlink_ask(int fd, struct nl_batch *batch,
		void (*found)(const struct nl_answer *answer, void *context), void *context,
		struct error *error);
