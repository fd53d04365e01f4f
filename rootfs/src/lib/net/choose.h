// SPDX-License-Identifier: Apache-2.0
/* What people leave open is chosen: subnets, names of interfaces, addresses. Nothing is drawn by
 * lot here; where it has to be, bytes are handed in. */
#pragma once
#include "lib/net/model.h"

/* Subnets of the host, which are not to be taken. */
struct net_busy {
	struct net_prefix *at;
	size_t count;
};

#define NET_LOT_BYTES 13 /* 7 for an IPv6 subnet, 6 for a MAC */

/* Of a bridge; others are complete as they were read. Adds subnets of the wanted families
 * (net_read_network), a name for the bridge and its MAC: for IPv4 the first free /24 from 10.89.0.0
 * on (the default network: 10.88.0.0/16), for IPv6 a /64 within fd00::/8. Checks those that are
 * given. -EADDRINUSE: another network has it. taken: is there an interface of that name that is no
 * network's? */
int net_complete(struct net_config *network, unsigned wanted, const struct net_state *state,
		 const struct net_busy *busy, const uint8_t lot[NET_LOT_BYTES],
		 bool (*taken)(const char *link, const void *context), const void *context,
		 struct arena *arena, struct error *error);

/* Gives each lease of a record what it lacks: addresses, the name of the interface and of its other
 * end. A member gets the address that it had before, if that is free: where to look first comes
 * from its name. -EADDRINUSE: a fixed address is another's, who is named; -ENOSPC: none is free;
 * -ENOENT: no such network; -EINVAL: a fixed address can't be. */
int net_lease_addresses(struct net_record *record, const struct net_state *state,
			struct arena *arena, struct error *error);

/* -EADDRINUSE: the record publishes a port that a member has, who is named. */
int net_check_ports(const struct net_record *record, const struct net_state *state,
		    struct error *error);

/* The address of the host that a member sees: the gateway of its first bridge that has one, of
 * IPv4 if there is one. Family 0: none. */
struct net_ip net_host_gateway(const struct net_record *record, const struct net_state *state);
