// SPDX-License-Identifier: Apache-2.0
/* Interfaces, addresses and routes by rtnetlink. fd: netlink_open(NETLINK_ROUTE), in the namespace
 * that is meant. All of it may be done again. */
#pragma once
#include "lib/error.h"
#include "lib/net/choose.h"
#include "lib/net/model.h"

struct link {
	char name[NET_LINK_BYTES];
	int index;
	bool bridge;
};

struct links {
	struct link *at;
	size_t count;
};

/* The caller frees ret->at. */
int link_list(int fd, struct links *ret, struct error *error);
const struct link *link_find(const struct links *links, const char *name);

/* Destinations of the routes of all tables, default ones left out. The caller frees ret->at. */
int link_routes(int fd, struct net_busy *ret, struct error *error);

/* -ENODEV. */
int link_index(int fd, const char *name, int *ret, struct error *error);
int link_up(int fd, int index, struct error *error);

/* A gone one is fine. The other end of a veth goes with it. */
int link_remove(int fd, const char *name, struct error *error);

/* Makes a bridge unless there is an interface of that name. */
int link_make_bridge(int fd, const struct net_config *network, struct error *error);

/* Puts an interface into a bridge and starts it. */
int link_enslave(int fd, const char *name, int bridge, struct error *error);

/* A pair: lease->link here, up and in the bridge; lease->interface in another namespace, which has
 * no interface of that name. One that is left of an earlier run goes first. */
int link_make_pair(int fd, const struct net_lease *lease, const struct net_config *network,
		   int bridge, int netns, struct error *error);

/* An interface of macvlan or ipvlan, lease->interface in another namespace, below one of ours. */
int link_make_child(int fd, const struct net_lease *lease, const struct net_config *network,
		    int parent, int netns, struct error *error);

/* Of the best default route, IPv4's first; -ENODEV: there is none. */
int link_of_default_route(int fd, int *ret, struct error *error);

int link_add_address(int fd, int index, const struct net_ip *ip, uint8_t prefix,
		     struct error *error);
int link_add_default_route(int fd, int index, const struct net_ip *gateway, uint32_t metric,
			   struct error *error);
