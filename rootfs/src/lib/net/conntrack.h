// SPDX-License-Identifier: Apache-2.0
/* Connections as the kernel's tracking tells of them (Linux, nfnetlink_conntrack.h). */
#pragma once
#include "lib/net/address.h"
#include "lib/net/netlink.h"

struct conntrack_flow {
	uint8_t family; /* AF_ */
	uint8_t protocol;
	struct net_ip destination; /* as the one who began it sees it */
	uint16_t port;
	bool redirected;
	struct nl_attribute tuple; /* what names the flow; within the answer */
};

/* One flow of a dump. False for what is none, or lacks an address or a port. */
bool conntrack_read(const struct nl_answer *answer, struct conntrack_flow *ret);

/* Asks for all flows, and to forget one. */
void conntrack_put_list(struct nl_batch *out);
void conntrack_put_forget(struct nl_batch *out, const struct conntrack_flow *flow);
