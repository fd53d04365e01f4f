// SPDX-License-Identifier: Apache-2.0
/* Options of networks; see options.h. */
#include "lib/net/options.h"
#include "lib/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MTU_MIN 68
#define MTU_MIN_IPV6 1280

static int parse_flag(const char *value, bool *ret)
{
	static const char *const yes[] = { "1", "true", "yes" }, *const no[] = { "0", "false",
										 "no" };

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*ret = strcmp(value, yes[i]) == 0;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_mtu(const char *value, struct net_config *network)
{
	uint64_t mtu;
	int r = text_to_number(value, 65535, &mtu);

	if (r < 0 || (mtu != 0 && mtu < MTU_MIN))
		return -EINVAL;
	network->mtu = (uint32_t)mtu;
	return 0;
}

static int set_metric(const char *value, struct net_config *network)
{
	uint64_t metric;
	int r = text_to_number(value, UINT32_MAX, &metric);

	if (r == 0)
		network->metric = (uint32_t)metric;
	return r;
}

static int set_isolation(const char *value, struct net_config *network)
{
	bool on = true;

	if (strcmp(value, "strict") != 0 && parse_flag(value, &on) < 0)
		return -EINVAL;
	network->isolation = !on ? NET_OPEN : value[0] == 's' ? NET_STRICT : NET_ISOLATED;
	return 0;
}

static int set_no_default_route(const char *value, struct net_config *network)
{
	return parse_flag(value, &network->no_default_route);
}

static int set_bridge(const char *value, struct net_config *network)
{
	network->bridge = value;
	return net_is_link(value) ? 0 : -EINVAL;
}

static int set_mode(const char *value, struct net_config *network)
{
	unsigned mode;

	if (network->driver == NET_BRIDGE && strcmp(value, "unmanaged") == 0)
		return -EOPNOTSUPP;
	network->mode = value;
	return net_mode_parse(network->driver, value, &mode);
}

static int set_parent(const char *value, struct net_config *network)
{
	network->parent = value;
	return net_is_link(value) ? 0 : -EINVAL;
}

#define OF(driver) (1u << (driver))
#define OF_BRIDGES OF(NET_BRIDGE)
#define OF_PARENTS (OF(NET_MACVLAN) | OF(NET_IPVLAN))
#define OF_ALL (OF_BRIDGES | OF_PARENTS)

/* refused: why, of no driver; or of no other one. */
static const struct {
	const char *key;
	unsigned drivers;
	int (*set)(const char *value, struct net_config *network);
	const char *refused;
} driver_options[] = {
	{ "mtu", OF_ALL, set_mtu, NULL },
	{ "com.docker.network.driver.mtu", OF_ALL, set_mtu, NULL },
	{ "metric", OF_ALL, set_metric, NULL },
	{ "no_default_route", OF_ALL, set_no_default_route, NULL },
	{ "isolate", OF_BRIDGES, set_isolation, "it is for bridges" },
	{ "com.docker.network.bridge.name", OF_BRIDGES, set_bridge, "it is for bridges" },
	{ "mode", OF_ALL, set_mode, "a bridge of the host that is not ours is not joined" },
	{ "parent", OF_PARENTS, set_parent, "it is for macvlan and ipvlan" },
	{ "vlan", 0, NULL, "bridges are not divided into VLANs: make a network for each" },
	{ "vrf", 0, NULL, "bridges are put into no VRF" },
	{ "bclim", 0, NULL, "broadcasts go to all members" },
};

static int apply(size_t at, const char *option, const char *value, struct net_config *network,
		 struct error *error)
{
	unsigned drivers = driver_options[at].drivers;
	int r = -EOPNOTSUPP;

	if (drivers != 0 && !(drivers & OF(network->driver)))
		return error_set(error, -EINVAL, "option %s: %s", option,
				 driver_options[at].refused);
	if (drivers != 0)
		r = driver_options[at].set(value, network);
	if (r == -EOPNOTSUPP)
		return error_set(error, r, "option %s is not supported: %s", option,
				 driver_options[at].refused);
	if (r < 0)
		return error_set(error, -EINVAL, "option %s: %s is not a value of it",
				 driver_options[at].key, value);
	return 0;
}

int net_apply_option(const char *option, struct net_config *network, struct error *error)
{
	size_t length = strcspn(option, "=");
	const char *value = option[length] == '=' ? option + length + 1 : "";

	for (size_t i = 0; i < sizeof(driver_options) / sizeof(driver_options[0]); i++)
		if (strlen(driver_options[i].key) == length &&
		    memcmp(driver_options[i].key, option, length) == 0)
			return apply(i, option, value, network, error);
	return error_set(error, -EOPNOTSUPP,
			 "option %s is not known; there is mtu, metric, isolate, no_default_route, "
			 "mode, parent",
			 option);
}

bool net_subnet_is_right(const struct net_subnet *subnet)
{
	const struct net_prefix *prefix = &subnet->prefix;

	if (prefix->length + 2 > net_ip_bits(&prefix->base))
		return false;
	if (subnet->gateway.family != 0 && !net_prefix_has(prefix, &subnet->gateway))
		return false;
	if (subnet->first.family == 0)
		return subnet->last.family == 0;
	return net_prefix_has(prefix, &subnet->first) && net_prefix_has(prefix, &subnet->last) &&
	       net_ip_compare(&subnet->first, &subnet->last) <= 0;
}

static int parse_range(const char *text, struct net_subnet *ret)
{
	const char *dash = strchr(text, '-');
	char first[NET_IP_TEXT];
	struct net_prefix prefix;

	if (dash)
		return text_copy(first, sizeof(first), text, (size_t)(dash - text)) < 0 ||
				       net_ip_parse(first, &ret->first) < 0 ||
				       net_ip_parse(dash + 1, &ret->last) < 0
			       ? -EINVAL
			       : 0;
	if (net_prefix_parse(text, &prefix) < 0)
		return -EINVAL;
	ret->first = prefix.base;
	ret->last = net_prefix_last(&prefix);
	return 0;
}

static int read_subnet(const char *prefix, const char *gateway, const char *range,
		       struct net_subnet *ret, struct error *error)
{
	if (net_prefix_parse(prefix, &ret->prefix) < 0)
		return error_set(error, -EINVAL,
				 "subnet %s is none; one is 10.1.0.0/24 or fd01::/64", prefix);
	ret->gateway = net_ip_add(&ret->prefix.base, 1);
	if (gateway && net_ip_parse(gateway, &ret->gateway) < 0)
		return error_set(error, -EINVAL, "gateway %s is no address", gateway);
	if (range && parse_range(range, ret) < 0)
		return error_set(error, -EINVAL, "range %s is neither a subnet nor FIRST-LAST",
				 range);
	if (!net_subnet_is_right(ret))
		return error_set(error, -EINVAL,
				 "subnet %s: its gateway or range is outside of it, or it has no "
				 "room for a member",
				 prefix);
	return 0;
}

/* The one behind *at, which stays where it is at the end of a list. */
static const char *take(net_texts *at)
{
	return *at && **at ? *(*at)++ : NULL;
}

static int read_subnets(const struct net_network *options, struct net_config *ret,
			struct error *error)
{
	net_texts subnets = options->subnets, gateways = options->gateways;
	net_texts ranges = options->ip_ranges;
	const char *subnet, *gateway, *range;

	while ((subnet = take(&subnets))) {
		struct net_subnet *at = &ret->subnets[ret->subnet_count];
		int r;

		if (ret->subnet_count == NET_SUBNETS_MAX)
			return error_set(error, -EINVAL, "over %d subnets", NET_SUBNETS_MAX);
		gateway = take(&gateways);
		range = take(&ranges);
		r = read_subnet(subnet, gateway, range, at, error);
		if (r < 0)
			return r;
		for (size_t i = 0; i < ret->subnet_count; i++)
			if (net_prefix_overlaps(&ret->subnets[i].prefix, &at->prefix))
				return error_set(error, -EINVAL, "subnet %s overlaps another one",
						 subnet);
		ret->subnet_count++;
	}
	if (take(&gateways) || take(&ranges))
		return error_set(error, -EINVAL, "there are more gateways or ranges than subnets");
	return 0;
}

static int read_driver(const struct net_network *options, struct net_config *ret,
		       struct error *error)
{
	const char *ipam = options->ipam_driver, *interface = options->interface_name;

	if (options->driver && net_driver_parse(options->driver, &ret->driver) < 0)
		return error_set(error, -EOPNOTSUPP,
				 "driver %s is not supported; there is bridge, macvlan and ipvlan",
				 options->driver);
	ret->no_addresses = ipam && strcmp(ipam, "none") == 0;
	if (ipam && !ret->no_addresses && strcmp(ipam, "host-local") != 0)
		return error_set(error, -EOPNOTSUPP,
				 "IPAM driver %s is not supported; there is host-local and none",
				 ipam);
	if (ret->no_addresses && (options->ipv6 || (options->subnets && options->subnets[0])))
		return error_set(error, -EINVAL, "IPAM driver none takes no subnets");
	for (net_texts at = options->options; at && *at; at++) {
		int r = net_apply_option(*at, ret, error);

		if (r < 0)
			return r;
	}
	if (interface && (ret->driver == NET_BRIDGE ? set_bridge : set_parent)(interface, ret) < 0)
		return error_set(error, -EINVAL, "%s is no name of an interface", interface);
	return 0;
}

/* Its members' addresses are of somebody else's network, which nothing can choose for them. */
static int need_subnets(const struct net_network *options, const struct net_config *network,
			struct error *error)
{
	if (network->driver == NET_BRIDGE || network->no_addresses)
		return 0;
	if (network->subnet_count == 0)
		return error_set(error, -EINVAL,
				 "driver %s without a subnet means DHCP, for which there is no "
				 "client; name the subnet, or IPAM driver none",
				 options->driver);
	if (options->ipv6 && !net_subnet_of(network, 6))
		return error_set(error, -EINVAL, "driver %s: name the subnet of IPv6 too",
				 options->driver);
	return 0;
}

static int read_dns(const struct net_network *options, struct arena *arena, struct net_config *ret,
		    struct error *error)
{
	struct net_ip ip;

	for (net_texts at = options->dns; at && *at; at++) {
		if (net_ip_parse(*at, &ip) < 0)
			return error_set(error, -EINVAL, "DNS server %s is no address", *at);
		words_add(&ret->dns, arena, *at);
	}
	for (net_texts at = options->labels; at && *at; at++)
		words_add(&ret->labels, arena, *at);
	return 0;
}

/* Families that subnets have to be found for. */
static unsigned wanted_families(const struct net_network *options, const struct net_config *network)
{
	unsigned wanted = 0;

	if (network->driver != NET_BRIDGE || network->no_addresses ||
	    (network->subnet_count > 0 && !options->ipv6))
		return 0;
	if (!net_subnet_of(network, 4))
		wanted |= 1;
	if (options->ipv6 && !net_subnet_of(network, 6))
		wanted |= 2;
	return wanted;
}

int net_read_network(const struct net_network *options, struct arena *arena, struct net_config *ret,
		     unsigned *ret_wanted, struct error *error)
{
	struct net_config network = { .name = options->name, .internal = options->internal };
	unsigned wanted;
	int r;

	if (!options->name || !net_is_name(options->name))
		return error_set(error, -EINVAL, "%s is no name of a network",
				 options->name ? options->name : "nothing");
	network.names = !options->disable_dns;
	r = read_driver(options, &network, error);
	if (r == 0)
		r = read_subnets(options, &network, error);
	if (r == 0)
		r = need_subnets(options, &network, error);
	if (r == 0)
		r = read_dns(options, arena, &network, error);
	if (r < 0)
		return error_wrap(error, "network %s", options->name);
	wanted = wanted_families(options, &network);
	if (network.mtu > 0 && network.mtu < MTU_MIN_IPV6 &&
	    ((wanted & 2) != 0 || net_subnet_of(&network, 6)))
		return error_set(error, -EINVAL, "network %s: IPv6 needs an mtu of %d at least",
				 options->name, MTU_MIN_IPV6);
	*ret = network;
	*ret_wanted = wanted;
	return 0;
}
