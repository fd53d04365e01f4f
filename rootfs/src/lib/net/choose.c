// SPDX-License-Identifier: Apache-2.0
/* See choose.h. */
#include "lib/net/choose.h"
#include "lib/net/options.h"
#include "lib/sha256.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define POOL_FIRST ((uint32_t)10 << 24 | (uint32_t)89 << 16)
#define POOL_LAST ((uint32_t)10 << 24 | (uint32_t)255 << 16 | (uint32_t)255 << 8)
#define POOL_STEP 256
#define RANGE_MAX (UINT64_C(1) << 32) /* addresses of a subnet that are handed out */
#define LINK_NAME_MAX (NET_LINK_BYTES - 1)

/* The first bytes of a hash over texts with a zero byte behind each. */
static uint64_t hash_of(const char *a, const char *b, unsigned number)
{
	uint8_t bytes[SHA256_BYTES], tail[1] = { (uint8_t)number };
	uint64_t hash = 0;
	struct sha256 sha;

	sha256_start(&sha);
	sha256_add(&sha, a, strlen(a) + 1);
	sha256_add(&sha, b, strlen(b) + 1);
	sha256_add(&sha, tail, 1);
	sha256_finish(&sha, bytes);
	for (size_t i = 0; i < 8; i++)
		hash = hash << 8 | bytes[i];
	return hash;
}

/* The network that has some of a prefix, or NULL. */
static const struct net_config *owner_of(const struct net_prefix *prefix,
					 const struct net_state *state)
{
	for (size_t n = 0; n < state->network_count; n++)
		for (size_t s = 0; s < state->networks[n].subnet_count; s++)
			if (net_prefix_overlaps(&state->networks[n].subnets[s].prefix, prefix))
				return &state->networks[n];
	return NULL;
}

static bool is_busy(const struct net_prefix *prefix, const struct net_busy *busy)
{
	for (size_t i = 0; i < busy->count; i++)
		if (busy->at[i].length > 0 && net_prefix_overlaps(&busy->at[i], prefix))
			return true;
	return false;
}

static int add_subnet(struct net_config *network, const struct net_prefix *prefix,
		      struct error *error)
{
	if (network->subnet_count == NET_SUBNETS_MAX)
		return error_set(error, -EINVAL, "over %d subnets", NET_SUBNETS_MAX);
	network->subnets[network->subnet_count++] =
		(struct net_subnet){ .prefix = *prefix, .gateway = net_ip_add(&prefix->base, 1) };
	return 0;
}

static int find_ipv4(struct net_config *network, const struct net_state *state,
		     const struct net_busy *busy, struct error *error)
{
	struct net_prefix prefix = { .base = { 4, { 10, 88 } }, .length = 16 };

	if (strcmp(network->name, NET_DEFAULT) == 0 && !owner_of(&prefix, state) &&
	    !is_busy(&prefix, busy))
		return add_subnet(network, &prefix, error);
	prefix.length = 24;
	for (uint32_t at = POOL_FIRST; at <= POOL_LAST; at += POOL_STEP) {
		prefix.base.bytes[1] = (uint8_t)(at >> 16);
		prefix.base.bytes[2] = (uint8_t)(at >> 8);
		if (!owner_of(&prefix, state) && !is_busy(&prefix, busy))
			return add_subnet(network, &prefix, error);
	}
	return error_set(error, -ENOSPC,
			 "no subnet is free in 10.89.0.0 to 10.255.255.0; name one");
}

/* RFC 4193: fd00::/8, 40 random bits, and 16 more for the subnet. */
static int find_ipv6(struct net_config *network, const struct net_state *state,
		     const struct net_busy *busy, const uint8_t lot[7], struct error *error)
{
	struct net_prefix prefix = { .base = { 6, { 0xfd } }, .length = 64 };

	memcpy(prefix.base.bytes + 1, lot, 7);
	for (unsigned tries = 0; tries < 256; tries++, prefix.base.bytes[7]++)
		if (!owner_of(&prefix, state) && !is_busy(&prefix, busy))
			return add_subnet(network, &prefix, error);
	return error_set(error, -ENOSPC, "no subnet of IPv6 is free; name one");
}

static int check_given(const struct net_config *network, const struct net_state *state,
		       const struct net_busy *busy, struct error *error)
{
	char text[NET_SUBNET_TEXT];

	for (size_t i = 0; i < network->subnet_count; i++) {
		const struct net_prefix *prefix = &network->subnets[i].prefix;
		const struct net_config *owner = owner_of(prefix, state);

		net_prefix_text(prefix, text);
		if (owner)
			return error_set(error, -EADDRINUSE,
					 "subnet %s overlaps that of the network %s", text,
					 owner->name);
		if (is_busy(prefix, busy))
			return error_set(
				error, -EADDRINUSE,
				"subnet %s overlaps a route of the host; choose another one", text);
	}
	return 0;
}

static bool is_bridge_of(const char *link, const struct net_state *state)
{
	for (size_t i = 0; i < state->network_count; i++)
		if (state->networks[i].driver == NET_BRIDGE &&
		    strcmp(state->networks[i].bridge, link) == 0)
			return true;
	return false;
}

static int choose_bridge(struct net_config *network, const struct net_state *state,
			 bool (*taken)(const char *link, const void *context), const void *context,
			 struct arena *arena, struct error *error)
{
	char name[NET_LINK_BYTES];

	if (network->bridge) {
		if (is_bridge_of(network->bridge, state) || taken(network->bridge, context))
			return error_set(error, -EADDRINUSE,
					 "there is an interface %s already; name another one",
					 network->bridge);
		return 0;
	}
	for (unsigned tries = 0; tries < 16; tries++) {
		if (tries == 0 && strcmp(network->name, NET_DEFAULT) == 0)
			snprintf(name, sizeof(name), "podman0");
		else if (tries == 0 && strlen(network->name) + 4 <= LINK_NAME_MAX)
			snprintf(name, sizeof(name), "kls-%s", network->name);
		else
			snprintf(name, sizeof(name), "kls-%.6s%05x", network->name,
				 (unsigned)(hash_of(network->name, "", tries) & 0xfffff));
		network->bridge = arena_format(arena, "%s", name);
		if (!is_bridge_of(name, state) && !taken(name, context))
			return 0;
	}
	return error_set(error, -EADDRINUSE, "no name of a bridge is free; name one");
}

int net_complete(struct net_config *network, unsigned wanted, const struct net_state *state,
		 const struct net_busy *busy, const uint8_t lot[NET_LOT_BYTES],
		 bool (*taken)(const char *link, const void *context), const void *context,
		 struct arena *arena, struct error *error)
{
	int r;

	if (network->driver != NET_BRIDGE)
		return 0;
	r = check_given(network, state, busy, error);
	if (r == 0 && (wanted & 1) != 0)
		r = find_ipv4(network, state, busy, error);
	if (r == 0 && (wanted & 2) != 0)
		r = find_ipv6(network, state, busy, lot, error);
	if (r == 0)
		r = choose_bridge(network, state, taken, context, arena, error);
	if (r < 0)
		return error_wrap(error, "network %s", network->name);
	memcpy(network->mac, lot + 7, 6);
	network->mac[0] = (uint8_t)((network->mac[0] & 0xfc) | 2);
	return 0;
}

/* The member that has an address of a network, or NULL. */
static const struct net_record *holder_of(const struct net_ip *ip, const char *network,
					  const struct net_state *state)
{
	for (size_t i = 0; i < state->member_count; i++) {
		const struct net_lease *lease = net_find_lease(&state->members[i], network);

		if (lease &&
		    (net_ip_compare(&lease->ip, ip) == 0 || net_ip_compare(&lease->ip6, ip) == 0))
			return &state->members[i];
	}
	return NULL;
}

/* Is it the subnet's own address, its last one (broadcasts), or the gateway? */
static bool is_reserved(const struct net_ip *ip, const struct net_subnet *subnet)
{
	struct net_ip last = net_prefix_last(&subnet->prefix);

	return net_ip_compare(ip, &subnet->prefix.base) == 0 ||
	       net_ip_compare(ip, &subnet->gateway) == 0 ||
	       (ip->family == 4 && net_ip_compare(ip, &last) == 0);
}

static int check_fixed(const struct net_ip *ip, const struct net_config *network,
		       const struct net_state *state, struct error *error)
{
	const struct net_record *holder = holder_of(ip, network->name, state);
	const struct net_subnet *subnet = NULL;
	char text[NET_IP_TEXT];

	net_ip_text(ip, text);
	for (size_t i = 0; i < network->subnet_count; i++)
		if (net_prefix_has(&network->subnets[i].prefix, ip))
			subnet = &network->subnets[i];
	if (!subnet)
		return error_set(error, -EINVAL, "address %s is in no subnet of the network", text);
	if (is_reserved(ip, subnet))
		return error_set(error, -EINVAL,
				 "address %s is the subnet's, its gateway's or for broadcasts",
				 text);
	if (holder)
		return error_set(error, -EADDRINUSE, "address %s is taken by the container %s",
				 text, holder->name);
	return 0;
}

static int find_address(const char *member, const struct net_config *network,
			const struct net_subnet *subnet, const struct net_state *state,
			struct net_ip *ret, struct error *error)
{
	struct net_ip first = subnet->first, last = subnet->last, ip;
	char text[NET_SUBNET_TEXT];
	uint64_t count, start;

	if (first.family == 0) {
		first = subnet->prefix.base;
		last = net_prefix_last(&subnet->prefix);
	}
	count = net_ip_distance(&first, &last);
	count = count >= RANGE_MAX ? RANGE_MAX : count + 1;
	start = hash_of(member, network->name, 0) % count;
	/* As many tries as there are addresses that can be in the way, and no more. */
	for (uint64_t i = 0; i < count && i < state->member_count + 4; i++) {
		ip = net_ip_add(&first, (start + i) % count);
		if (!is_reserved(&ip, subnet) && !holder_of(&ip, network->name, state)) {
			*ret = ip;
			return 0;
		}
	}
	return error_set(error, -ENOSPC, "no address of %s is free",
			 net_prefix_text(&subnet->prefix, text));
}

/* The address of one family: as wanted, else any; none where the network has none. */
static int lease_family(const char *member, const struct net_config *network, uint8_t family,
			const struct net_state *state, struct net_ip *ip, struct error *error)
{
	const struct net_subnet *subnet = net_subnet_of(network, family);

	if (ip->family != 0)
		return check_fixed(ip, network, state, error);
	return subnet ? find_address(member, network, subnet, state, ip, error) : 0;
}

static void name_interface(struct net_record *record, struct net_lease *lease, bool pair,
			   struct arena *arena)
{
	static const uint8_t none[6];
	uint64_t hash = hash_of(record->name, lease->network, 1);
	size_t number = (size_t)(lease - record->leases);

	lease->link = pair ? arena_format(arena, "kv%013llx",
					  (unsigned long long)(hash & 0xfffffffffffff))
			   : NULL;
	while (!lease->interface) {
		const char *name = arena_format(arena, "eth%zu", number++);
		bool used = false;

		for (size_t i = 0; i < record->lease_count; i++)
			used |= record->leases[i].interface &&
				strcmp(record->leases[i].interface, name) == 0;
		lease->interface = used ? NULL : name;
	}
	if (memcmp(lease->mac, none, sizeof(none)) != 0)
		return;
	hash = hash_of(record->name, lease->network, 2);
	for (size_t i = 0; i < 6; i++, hash >>= 8)
		lease->mac[i] = (uint8_t)hash;
	lease->mac[0] = (uint8_t)((lease->mac[0] & 0xfc) | 2);
}

int net_lease_addresses(struct net_record *record, const struct net_state *state,
			struct arena *arena, struct error *error)
{
	for (size_t i = 0; i < record->lease_count; i++) {
		struct net_lease *lease = &record->leases[i];
		const struct net_config *network = net_find_network(state, lease->network);
		int r;

		if (!network)
			return error_set(error, -ENOENT,
					 "there is no network %s; make it first, by a .network "
					 "file or the verb network",
					 lease->network);
		r = lease_family(record->name, network, 4, state, &lease->ip, error);
		if (r == 0)
			r = lease_family(record->name, network, 6, state, &lease->ip6, error);
		if (r < 0)
			return error_wrap(error, "network %s", network->name);
		name_interface(record, lease, network->driver == NET_BRIDGE, arena);
	}
	return 0;
}

int net_check_ports(const struct net_record *record, const struct net_state *state,
		    struct error *error)
{
	for (size_t p = 0; p < record->port_count; p++)
		for (size_t m = 0; m < state->member_count; m++)
			for (size_t o = 0; o < state->members[m].port_count; o++)
				if (net_ports_clash(&record->ports[p], &state->members[m].ports[o]))
					return error_set(
						error, -EADDRINUSE,
						"port %u/%s is published by the container %s",
						record->ports[p].host_port,
						net_protocol_name(record->ports[p].protocol),
						state->members[m].name);
	return 0;
}

struct net_ip net_host_gateway(const struct net_record *record, const struct net_state *state)
{
	for (uint8_t family = 4; family <= 6; family = (uint8_t)(family + 2)) {
		for (size_t i = 0; i < record->lease_count; i++) {
			const struct net_config *network =
				net_find_network(state, record->leases[i].network);
			const struct net_subnet *subnet = network && network->driver == NET_BRIDGE
								  ? net_subnet_of(network, family)
								  : NULL;

			if (subnet)
				return subnet->gateway;
		}
	}
	return (struct net_ip){ 0 };
}
