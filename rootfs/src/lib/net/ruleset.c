// SPDX-License-Identifier: Apache-2.0
/* See ruleset.h. */
#include "lib/net/ruleset.h"
#include "lib/net/nftables.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <string.h>

#define PRIORITY_RAW (-300)
#define PRIORITY_DESTINATION (-100)
#define PRIORITY_SOURCE 100
#define COMMENT_MAX 127  /* characters, nft's limit */
#define ELEMENTS_MAX 200 /* in one message, whose attributes have 16 bits for their length */
#define TLV_COMMENT 0    /* libnftnl's number of it */
#define IPV4_SOURCE 12   /* offsets of fields in their headers */
#define IPV4_DESTINATION 16
#define IPV6_SOURCE 8
#define IPV6_DESTINATION 24
#define PORT_DESTINATION 2

enum set {
	BRIDGES,
	OUTBOUND,
	INTERNAL,
	ISOLATED,
	STRICT,
	SAME,
	NETS4,
	NETS6,
	PORTS4,
	ANY4,
	PORTS6,
	ANY6,
	SETS
};

static const struct nft_set sets[SETS] = {
	[BRIDGES] = { "bridges", NFT_IFNAME, NET_LINK_BYTES, 0, 0, false },
	[OUTBOUND] = { "outbound", NFT_IFNAME, NET_LINK_BYTES, 0, 0, false },
	[INTERNAL] = { "internal", NFT_IFNAME, NET_LINK_BYTES, 0, 0, false },
	[ISOLATED] = { "isolated", NFT_IFNAME, NET_LINK_BYTES, 0, 0, false },
	[STRICT] = { "strict", NFT_IFNAME, NET_LINK_BYTES, 0, 0, false },
	[SAME] = { "same", NFT_PAIR(NFT_IFNAME, NFT_IFNAME), 2 * NET_LINK_BYTES, 0, 0, false },
	[NETS4] = { "nets4", NFT_IPV4, 4, 0, 0, true },
	[NETS6] = { "nets6", NFT_IPV6, 16, 0, 0, true },
	[PORTS4] = { "ports4", NFT_TRIPLE(NFT_IPV4, NFT_PROTOCOL, NFT_PORT), 12,
		     NFT_PAIR(NFT_IPV4, NFT_PORT), 8, false },
	[ANY4] = { "any4", NFT_PAIR(NFT_PROTOCOL, NFT_PORT), 8, NFT_PAIR(NFT_IPV4, NFT_PORT), 8,
		   false },
	[PORTS6] = { "ports6", NFT_TRIPLE(NFT_IPV6, NFT_PROTOCOL, NFT_PORT), 24,
		     NFT_PAIR(NFT_IPV6, NFT_PORT), 20, false },
	[ANY6] = { "any6", NFT_PAIR(NFT_PROTOCOL, NFT_PORT), 8, NFT_PAIR(NFT_IPV6, NFT_PORT), 20,
		   false },
};

static const struct nft_chain chains[] = {
	{ "published", NULL, 0, 0 },
	{ "guard", "filter", NF_INET_PRE_ROUTING, PRIORITY_RAW },
	{ "prerouting", "nat", NF_INET_PRE_ROUTING, PRIORITY_DESTINATION },
	{ "output", "nat", NF_INET_LOCAL_OUT, PRIORITY_DESTINATION },
	{ "postrouting", "nat", NF_INET_POST_ROUTING, PRIORITY_SOURCE },
	{ "forward", "filter", NF_INET_FORWARD, 0 },
};

static void put_table(struct nl_batch *out, uint16_t type)
{
	nft_message(out, type, type == NFT_MSG_NEWTABLE ? NLM_F_CREATE | NLM_F_ACK : 0);
	nl_put_text(out, NFTA_TABLE_NAME, NET_TABLE);
}

/* Elements of a set, in as many messages as they need. */
struct elements {
	struct nl_batch *out;
	enum set set;
	size_t list, count;
};

static void close_elements(struct elements *elements)
{
	if (elements->count > 0)
		nl_nest_end(elements->out, elements->list);
	elements->count = 0;
}

static void put_comment(struct nl_batch *out, const char *text)
{
	size_t length = strnlen(text, COMMENT_MAX);
	uint8_t note[2 + COMMENT_MAX + 1] = { TLV_COMMENT, (uint8_t)(length + 1) };

	memcpy(note + 2, text, length);
	nl_put(out, NFTA_SET_ELEM_USERDATA, note, length + 3);
}

static void put_bytes(struct nl_batch *out, uint16_t type, const uint8_t *bytes, size_t count)
{
	size_t nest = nl_nest(out, type);

	nl_put(out, NFTA_DATA_VALUE, bytes, count);
	nl_nest_end(out, nest);
}

/* What an element has beside its key. */
struct element {
	const uint8_t *data; /* or NULL */
	const char *comment; /* or NULL */
	bool end;            /* the first value behind a range */
};

static void add_element(struct elements *elements, const uint8_t *key,
			const struct element *element)
{
	const struct nft_set *set = &sets[elements->set];
	struct nl_batch *out = elements->out;
	size_t nest;

	if (elements->count == ELEMENTS_MAX)
		close_elements(elements);
	if (elements->count++ == 0) {
		nft_message(out, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
		nl_put_text(out, NFTA_SET_ELEM_LIST_TABLE, NET_TABLE);
		nl_put_text(out, NFTA_SET_ELEM_LIST_SET, set->name);
		elements->list = nl_nest(out, NFTA_SET_ELEM_LIST_ELEMENTS);
	}
	nest = nl_nest(out, NFTA_LIST_ELEM);
	put_bytes(out, NFTA_SET_ELEM_KEY, key, set->key_bytes);
	if (element->end)
		nl_put_be32(out, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
	if (element->data)
		put_bytes(out, NFTA_SET_ELEM_DATA, element->data, set->data_bytes);
	if (element->comment)
		put_comment(out, element->comment);
	nl_nest_end(out, nest);
}

static bool belongs(const struct net_config *network, enum set set)
{
	switch (set) {
	case OUTBOUND:
		return !network->internal;
	case INTERNAL:
		return network->internal;
	case ISOLATED:
		return network->isolation != NET_OPEN;
	case STRICT:
		return network->isolation == NET_STRICT;
	default:
		return true;
	}
}

static void put_interfaces(struct nl_batch *out, const struct net_state *state, enum set set)
{
	struct elements elements = { .out = out, .set = set };

	for (size_t i = 0; i < state->network_count; i++) {
		const char *bridge = state->networks[i].bridge;
		uint8_t key[2 * NET_LINK_BYTES] = { 0 };

		if (state->networks[i].driver != NET_BRIDGE)
			continue;
		memcpy(key, bridge, strlen(bridge));
		memcpy(key + NET_LINK_BYTES, bridge, strlen(bridge));
		if (belongs(&state->networks[i], set))
			add_element(&elements, key, &(struct element){ 0 });
	}
	close_elements(&elements);
}

/* A range ends in front of the element that is marked as its end, if there is one. */
static void put_subnets(struct nl_batch *out, const struct net_state *state, enum set set)
{
	struct elements elements = { .out = out, .set = set };

	for (size_t n = 0; n < state->network_count; n++) {
		if (state->networks[n].driver != NET_BRIDGE)
			continue;
		for (size_t s = 0; s < state->networks[n].subnet_count; s++) {
			const struct net_prefix *prefix = &state->networks[n].subnets[s].prefix;
			struct net_ip last = net_prefix_last(prefix);
			struct net_ip next = net_ip_add(&last, 1);

			if (prefix->base.family != (set == NETS4 ? 4 : 6))
				continue;
			add_element(&elements, prefix->base.bytes, &(struct element){ 0 });
			if (!net_ip_is_any(&next))
				add_element(&elements, next.bytes,
					    &(struct element){ .end = true });
		}
	}
	close_elements(&elements);
}

const struct net_ip *net_port_target(const struct net_record *member, const struct net_state *state,
				     uint8_t family)
{
	const struct net_ip *found = NULL;

	for (size_t i = 0; i < member->lease_count; i++) {
		const struct net_lease *lease = &member->leases[i];
		const struct net_config *network = net_find_network(state, lease->network);
		const struct net_ip *ip = family == 4 ? &lease->ip : &lease->ip6;

		if (ip->family != family || !network || network->driver != NET_BRIDGE)
			continue;
		if (!network->internal)
			return ip;
		found = found ? found : ip;
	}
	return found;
}

int net_check_targets(const struct net_record *member, const struct net_state *state,
		      struct error *error)
{
	char text[NET_IP_TEXT];

	for (size_t i = 0; i < member->port_count; i++) {
		const struct net_port *port = &member->ports[i];
		bool some = port->host.family != 0
				    ? net_port_target(member, state, port->host.family) != NULL
				    : net_port_target(member, state, 4) ||
					      net_port_target(member, state, 6);

		if (!some)
			return error_set(error, -EINVAL,
					 "port %u is published on %s, but no network gives the "
					 "container an address of that family",
					 port->host_port,
					 port->host.family ? net_ip_text(&port->host, text)
							   : "all");
	}
	return 0;
}

static void put_port(uint8_t *at, uint16_t port)
{
	at[0] = (uint8_t)(port >> 8);
	at[1] = (uint8_t)port;
}

static void put_range(struct elements *elements, const struct net_port *port,
		      const struct net_ip *target, const char *owner)
{
	uint8_t key[24] = { 0 }, data[20] = { 0 }, *at = key;
	size_t width = target->family == 4 ? 4 : 16;

	if (elements->set == PORTS4 || elements->set == PORTS6) {
		memcpy(at, port->host.bytes, width);
		at += width;
	}
	at[0] = port->protocol;
	memcpy(data, target->bytes, width);
	for (uint16_t i = 0; i < port->count; i++) {
		put_port(at + 4, (uint16_t)(port->host_port + i));
		put_port(data + width, (uint16_t)(port->port + i));
		add_element(elements, key, &(struct element){ .data = data, .comment = owner });
	}
}

static void put_ports(struct nl_batch *out, const struct net_state *state, enum set set)
{
	struct elements elements = { .out = out, .set = set };
	uint8_t family = set == PORTS4 || set == ANY4 ? 4 : 6;
	bool any = set == ANY4 || set == ANY6;

	for (size_t m = 0; m < state->member_count; m++) {
		const struct net_record *member = &state->members[m];
		const struct net_ip *target = net_port_target(member, state, family);

		for (size_t p = 0; target && p < member->port_count; p++) {
			const struct net_port *port = &member->ports[p];

			if ((port->host.family == 0 || port->host.family == family) &&
			    net_ip_is_any(&port->host) == any)
				put_range(&elements, port, target, member->name);
		}
	}
	close_elements(&elements);
}

static void match_family(struct nl_batch *out, uint8_t family)
{
	nft_meta(out, NFT_META_NFPROTO, 0);
	nft_equals(out, 0, &family, sizeof(family));
}

/* Of IPv4, with 127 as the first byte of an address. */
static void match_localnet(struct nl_batch *out, uint32_t offset)
{
	uint8_t first = 127;

	match_family(out, NFPROTO_IPV4);
	nft_payload(out, NFT_PAYLOAD_NETWORK_HEADER, offset, 1, 0);
	nft_equals(out, 0, &first, sizeof(first));
}

static void match_link(struct nl_batch *out, uint32_t key, enum set set, enum nft_lookup how)
{
	nft_meta(out, key, 0);
	nft_lookup(out, sets[set].name, 0, how);
}

static void put_guard(struct nl_batch *out)
{
	static const uint32_t fields[] = { IPV4_DESTINATION, IPV4_SOURCE };
	struct nft_rule rule;

	for (size_t i = 0; i < 2; i++) {
		nft_rule(out, NET_TABLE, "guard", &rule);
		match_link(out, NFT_META_IIFNAME, BRIDGES, NFT_IN);
		match_localnet(out, fields[i]);
		nft_verdict(out, NF_DROP, NULL);
		nft_rule_end(out, &rule);
	}
}

/* Keys stand in registers as the sets' are made: four bytes at least each. */
static void put_redirect(struct nl_batch *out, uint8_t family, enum set set)
{
	bool ipv4 = family == NFPROTO_IPV4, any = set == ANY4 || set == ANY6;
	uint32_t width = ipv4 ? 1 : 4, next = any ? 0 : width;
	struct nft_rule rule;

	nft_rule(out, NET_TABLE, "published", &rule);
	match_family(out, family);
	if (!any)
		nft_payload(out, NFT_PAYLOAD_NETWORK_HEADER,
			    ipv4 ? IPV4_DESTINATION : IPV6_DESTINATION, width * 4, 0);
	nft_meta(out, NFT_META_L4PROTO, next);
	nft_payload(out, NFT_PAYLOAD_TRANSPORT_HEADER, PORT_DESTINATION, 2, next + 1);
	nft_lookup(out, sets[set].name, 0, NFT_MAPPED);
	nft_redirect(out, family, width);
	nft_rule_end(out, &rule);
}

/* What comes from ::1 would not get its answer: it is refused at once, and the client goes on to
 * 127.0.0.1. */
static void put_published(struct nl_batch *out)
{
	static const uint8_t one[16] = { [15] = 1 };
	struct nft_rule rule;

	put_redirect(out, NFPROTO_IPV4, PORTS4);
	put_redirect(out, NFPROTO_IPV4, ANY4);
	nft_rule(out, NET_TABLE, "published", &rule);
	match_family(out, NFPROTO_IPV6);
	nft_payload(out, NFT_PAYLOAD_NETWORK_HEADER, IPV6_DESTINATION, sizeof(one), 0);
	nft_equals(out, 0, one, sizeof(one));
	nft_verdict(out, NFT_RETURN, NULL);
	nft_rule_end(out, &rule);
	put_redirect(out, NFPROTO_IPV6, PORTS6);
	put_redirect(out, NFPROTO_IPV6, ANY6);
}

static void put_jump(struct nl_batch *out, const char *chain)
{
	struct nft_rule rule;

	nft_rule(out, NET_TABLE, chain, &rule);
	nft_for_us(out, 0);
	nft_verdict(out, NFT_JUMP, "published");
	nft_rule_end(out, &rule);
}

/* Of connections that a published port was the way of: those whose answer would go past us, as it
 * comes from within the networks, or to 127.0.0.1. */
static void put_return(struct nl_batch *out, uint8_t family, enum set subnets)
{
	bool ipv4 = family == NFPROTO_IPV4;
	struct nft_rule rule;

	nft_rule(out, NET_TABLE, "postrouting", &rule);
	match_link(out, NFT_META_OIFNAME, BRIDGES, NFT_IN);
	nft_redirected(out, 0);
	match_family(out, family);
	nft_payload(out, NFT_PAYLOAD_NETWORK_HEADER, ipv4 ? IPV4_SOURCE : IPV6_SOURCE,
		    ipv4 ? 4 : 16, 0);
	nft_lookup(out, sets[subnets].name, 0, NFT_IN);
	nft_masquerade(out);
	nft_rule_end(out, &rule);
}

static void put_postrouting(struct nl_batch *out)
{
	struct nft_rule rule;

	nft_rule(out, NET_TABLE, "postrouting", &rule);
	match_link(out, NFT_META_OIFNAME, BRIDGES, NFT_IN);
	match_localnet(out, IPV4_SOURCE);
	nft_masquerade(out);
	nft_rule_end(out, &rule);
	put_return(out, NFPROTO_IPV4, NETS4);
	put_return(out, NFPROTO_IPV6, NETS6);
	nft_rule(out, NET_TABLE, "postrouting", &rule);
	match_link(out, NFT_META_IIFNAME, OUTBOUND, NFT_IN);
	match_link(out, NFT_META_OIFNAME, BRIDGES, NFT_NOT_IN);
	nft_masquerade(out);
	nft_rule_end(out, &rule);
}

/* SETS: any interface. */
static void put_drop(struct nl_batch *out, enum set from, enum set to)
{
	struct nft_rule rule;

	nft_rule(out, NET_TABLE, "forward", &rule);
	if (from != SETS)
		match_link(out, NFT_META_IIFNAME, from, NFT_IN);
	if (to != SETS)
		match_link(out, NFT_META_OIFNAME, to, NFT_IN);
	nft_verdict(out, NF_DROP, NULL);
	nft_rule_end(out, &rule);
}

static void put_forward(struct nl_batch *out)
{
	struct nft_rule rule;

	nft_rule(out, NET_TABLE, "forward", &rule);
	nft_meta(out, NFT_META_IIFNAME, 0);
	nft_meta(out, NFT_META_OIFNAME, NET_LINK_BYTES / 4);
	nft_lookup(out, sets[SAME].name, 0, NFT_IN);
	nft_verdict(out, NF_ACCEPT, NULL);
	nft_rule_end(out, &rule);
	put_drop(out, INTERNAL, SETS);
	put_drop(out, SETS, INTERNAL);
	put_drop(out, ISOLATED, ISOLATED);
	put_drop(out, STRICT, BRIDGES);
	put_drop(out, BRIDGES, STRICT);
}

void net_make_ruleset(const struct net_state *state, struct nl_batch *batch)
{
	nft_begin(batch);
	put_table(batch, NFT_MSG_NEWTABLE);
	put_table(batch, NFT_MSG_DELTABLE);
	put_table(batch, NFT_MSG_NEWTABLE);
	for (enum set set = BRIDGES; set < SETS; set++)
		nft_put_set(batch, NET_TABLE, &sets[set], (uint32_t)set + 1);
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		nft_put_chain(batch, NET_TABLE, &chains[i]);
	put_guard(batch);
	put_published(batch);
	put_jump(batch, "prerouting");
	put_jump(batch, "output");
	put_postrouting(batch);
	put_forward(batch);
	for (enum set set = BRIDGES; set <= SAME; set++)
		put_interfaces(batch, state, set);
	put_subnets(batch, state, NETS4);
	put_subnets(batch, state, NETS6);
	for (enum set set = PORTS4; set < SETS; set++)
		put_ports(batch, state, set);
	nft_end(batch);
}

void net_make_no_ruleset(struct nl_batch *batch)
{
	nft_begin(batch);
	put_table(batch, NFT_MSG_NEWTABLE);
	put_table(batch, NFT_MSG_DELTABLE);
	nft_end(batch);
}
