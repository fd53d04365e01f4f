// SPDX-License-Identifier: Apache-2.0
/* Looking things up in the model, and what a name may be; see model.h. */
#include "lib/net/model.h"
#include <errno.h>
#include <linux/if_link.h>
#include <string.h>

#define NAME_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define NAME_REST NAME_FIRST "_.-"

bool net_is_name(const char *name)
{
	return name[0] != '\0' && strchr(NAME_FIRST, name[0]) &&
	       name[strspn(name, NAME_REST)] == '\0' && strlen(name) <= NET_NAME_MAX;
}

bool net_is_link(const char *name)
{
	return net_is_name(name) && strlen(name) < NET_LINK_BYTES && strcmp(name, "lo") != 0 &&
	       strcmp(name, "all") != 0 && strcmp(name, "default") != 0;
}

const struct net_config *net_find_network(const struct net_state *state, const char *name)
{
	for (size_t i = 0; i < state->network_count; i++)
		if (strcmp(state->networks[i].name, name) == 0)
			return &state->networks[i];
	return NULL;
}

const struct net_record *net_find_member(const struct net_state *state, const char *name)
{
	for (size_t i = 0; i < state->member_count; i++)
		if (strcmp(state->members[i].name, name) == 0)
			return &state->members[i];
	return NULL;
}

const struct net_lease *net_find_lease(const struct net_record *member, const char *network)
{
	for (size_t i = 0; i < member->lease_count; i++)
		if (strcmp(member->leases[i].network, network) == 0)
			return &member->leases[i];
	return NULL;
}

const struct net_subnet *net_subnet_of(const struct net_config *network, uint8_t family)
{
	for (size_t i = 0; i < network->subnet_count; i++)
		if (network->subnets[i].prefix.base.family == family)
			return &network->subnets[i];
	return NULL;
}

const char *net_protocol_name(uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? "tcp" : protocol == IPPROTO_UDP ? "udp" : "sctp";
}

static const char *const drivers[] = {
	[NET_BRIDGE] = "bridge", [NET_MACVLAN] = "macvlan", [NET_IPVLAN] = "ipvlan"
};

const char *net_driver_name(enum net_driver driver)
{
	return drivers[driver];
}

int net_driver_parse(const char *text, enum net_driver *ret)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(drivers[i], text) == 0) {
			*ret = (enum net_driver)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* The usual one first. "passthru" would change the address of the host's interface. */
static const struct {
	enum net_driver driver;
	const char *name;
	unsigned mode;
} modes[] = {
	{ NET_BRIDGE, "managed", 0 },
	{ NET_MACVLAN, "bridge", MACVLAN_MODE_BRIDGE },
	{ NET_MACVLAN, "private", MACVLAN_MODE_PRIVATE },
	{ NET_MACVLAN, "vepa", MACVLAN_MODE_VEPA },
	{ NET_IPVLAN, "l2", IPVLAN_MODE_L2 },
	{ NET_IPVLAN, "l3", IPVLAN_MODE_L3 },
	{ NET_IPVLAN, "l3s", IPVLAN_MODE_L3S },
};

int net_mode_parse(enum net_driver driver, const char *text, unsigned *ret)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (modes[i].driver != driver || (text && strcmp(modes[i].name, text) != 0))
			continue;
		*ret = modes[i].mode;
		return 0;
	}
	return -EINVAL;
}
