// SPDX-License-Identifier: Apache-2.0
/* Texts of files that members and systemd-networkd read. All are for the caller to free; NULL when
 * there is no memory. */
#pragma once
#include "lib/net/choose.h"
#include "lib/net/options.h"

/* /etc/hosts of a member, in this order: added hosts, the base, localhost, the host
 * (host.containers.internal), and between two marks its own names and those of its networks' other
 * members. local: of a container in the host's network namespace, whose own name is 127.0.0.1. */
char *net_hosts_text(const struct net_record *member, const struct net_member *options,
		     const struct net_state *state, bool local);

/* The same text with what stands between the marks made anew; all else is as it was, which may have
 * been changed in the container. Without the marks nothing is changed: somebody took them out. */
char *net_hosts_refresh(const char *text, const struct net_record *member,
			const struct net_state *state);

/* /etc/resolv.conf: servers, domains and options of the member's, else of its networks' (servers),
 * else of the host's file. Servers on loopback are left out unless local. */
char *net_resolv_text(const struct net_record *member, const struct net_member *options,
		      const struct net_state *state, const char *host, bool local);

/* What the user should know of that is no error, a line each; "" for nothing. */
char *net_warnings_text(const struct net_record *member, const struct net_member *options);

/* What makes networkd keep a bridge as we make it: the files NAME.netdev and NAME.network. */
char *net_networkd_netdev(const struct net_config *network);
char *net_networkd_network(const struct net_config *network);

/* NAME.network for our ends of members' interfaces, which it is to leave alone. */
extern const char net_networkd_members[];
