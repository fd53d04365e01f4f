// SPDX-License-Identifier: Apache-2.0
/*
 * The table "inet keelson" of nftables, which publishes ports, masquerades and keeps networks
 * apart:
 *
 *   sets bridges, outbound, internal, isolated, strict, same      of interfaces
 *   sets nets4, nets6    of the networks' subnets
 *   maps ports4, any4, ports6, any6     (address,) protocol and port to a member's address and port
 *   chain guard        prerouting, raw: from a bridge to 127.0.0.0/8 or from there: dropped, as
 *                      route_localnet is on for them
 *   chain prerouting   nat: what is for an address of ours jumps to published
 *   chain output       nat: the same for what we send ourselves, to 127.0.0.1 too
 *   chain published    new destination by the maps
 *   chain postrouting  nat: masquerades what goes out, and what came back by a published port
 *   chain forward      filter: within a network all, beside it as internal and isolated say
 *
 * All policies are to accept, and nothing is accepted for others: a drop of the host's own tables
 * stays one, and whoever forbids forwarding there lets "ct status dnat" through for published
 * ports.
 */
#pragma once
#include "lib/net/model.h"
#include "lib/net/netlink.h"

#define NET_TABLE "keelson"

/*
 * With the kernel's br_netfilter these chains see packets within a bridge too, and then without the
 * interface that they came from: what has to do with published ports goes by addresses therefore.
 */

/* One transaction that puts the whole table in place of what was there. Packets see the one or the
 * other. The caller frees the batch; batch->failed: there was no memory. */
void net_make_ruleset(const struct net_state *state, struct nl_batch *batch);

/* The one that removes the table; it succeeds if there is none. */
void net_make_no_ruleset(struct nl_batch *batch);

/* The address of a member that its published ports of a family lead to; NULL: it has none. */
const struct net_ip *net_port_target(const struct net_record *member, const struct net_state *state,
				     uint8_t family);

/* -EINVAL: a port is published on an address of a family of which the member has none. */
int net_check_targets(const struct net_record *member, const struct net_state *state,
		      struct error *error);
