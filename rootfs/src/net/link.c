// SPDX-License-Identifier: Apache-2.0
/* See link.h. */
#include "net/link.h"
#include "os/file.h"
#include "os/netlink.h"
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LINKS_MAX 65536
#define MODE_NONE 1 /* IN6_ADDR_GEN_MODE_NONE: no address of its own making */

static void free_batch(struct nl_batch *batch)
{
	free(batch->bytes);
}
#define AUTO_BATCH __attribute__((cleanup(free_batch)))

static int ask(int fd, struct nl_batch *batch, struct error *error)
{
	return netlink_ask(fd, batch, NULL, NULL, error);
}

static void start_link(struct nl_batch *out, uint16_t type, uint16_t flags, int index, bool up)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = index };

	header.ifi_flags = up ? IFF_UP : 0;
	header.ifi_change = header.ifi_flags;
	nl_message(out, type, flags, &header, sizeof(header));
}

/* What is collected while the kernel answers. */
struct collection {
	void *at;
	size_t count, item_bytes;
	bool failed;
};

/* Room for one more, zeroed, or NULL. */
static void *add(struct collection *collection)
{
	size_t used = collection->count * collection->item_bytes;
	void *grown = collection->at;

	if ((collection->count & (collection->count - 1)) == 0)
		grown = realloc(collection->at, 2 * used + collection->item_bytes);
	collection->failed |= !grown || collection->count >= LINKS_MAX;
	if (collection->failed)
		return NULL;
	collection->at = grown;
	collection->count++;
	return memset((char *)grown + used, 0, collection->item_bytes);
}

static bool is_bridge(const struct nl_attribute *info)
{
	struct nl_attribute attribute;
	size_t at = 0;

	while (nl_next_attribute(info->value, info->bytes, &at, &attribute))
		if (attribute.type == IFLA_INFO_KIND && nl_text(&attribute))
			return strcmp(nl_text(&attribute), "bridge") == 0;
	return false;
}

static void take_link(const struct nl_answer *answer, void *context)
{
	size_t at = sizeof(struct ifinfomsg);
	struct nl_attribute attribute;
	struct ifinfomsg header;
	struct link *link;

	if (answer->type != RTM_NEWLINK || answer->body_bytes < sizeof(header))
		return;
	link = add(context);
	if (!link)
		return;
	memcpy(&header, answer->body, sizeof(header));
	link->index = header.ifi_index;
	while (nl_next_attribute(answer->body, answer->body_bytes, &at, &attribute)) {
		if (attribute.type == IFLA_IFNAME && nl_text(&attribute) &&
		    attribute.bytes <= sizeof(link->name))
			memcpy(link->name, attribute.value, attribute.bytes);
		if (attribute.type == IFLA_LINKINFO)
			link->bridge = is_bridge(&attribute);
	}
}

static int collect(int fd, struct nl_batch *batch,
		   void (*take)(const struct nl_answer *answer, void *context),
		   struct collection *collection, struct error *error)
{
	int r = netlink_ask(fd, batch, take, collection, error);

	if (r == 0 && collection->failed)
		r = error_set(error, -E2BIG, "no memory, or over %d", LINKS_MAX);
	if (r < 0)
		free(collection->at);
	return r;
}

int link_list(int fd, struct links *ret, struct error *error)
{
	struct collection collection = { .item_bytes = sizeof(struct link) };
	AUTO_BATCH struct nl_batch batch = { 0 };
	int r;

	start_link(&batch, RTM_GETLINK, NLM_F_DUMP, 0, false);
	r = collect(fd, &batch, take_link, &collection, error);
	if (r < 0)
		return error_wrap(error, "list interfaces");
	*ret = (struct links){ collection.at, collection.count };
	return 0;
}

const struct link *link_find(const struct links *links, const char *name)
{
	for (size_t i = 0; i < links->count; i++)
		if (strcmp(links->at[i].name, name) == 0)
			return &links->at[i];
	return NULL;
}

static void take_route(const struct nl_answer *answer, void *context)
{
	size_t at = sizeof(struct rtmsg);
	struct nl_attribute attribute;
	struct net_prefix *prefix;
	struct rtmsg header;

	if (answer->type != RTM_NEWROUTE || answer->body_bytes < sizeof(header))
		return;
	memcpy(&header, answer->body, sizeof(header));
	if (header.rtm_dst_len == 0 ||
	    (header.rtm_type != RTN_UNICAST && header.rtm_type != RTN_LOCAL))
		return;
	while (nl_next_attribute(answer->body, answer->body_bytes, &at, &attribute)) {
		size_t width = header.rtm_family == AF_INET ? 4 : 16;

		if (attribute.type != RTA_DST || attribute.bytes != width ||
		    header.rtm_dst_len > width * 8)
			continue;
		prefix = add(context);
		if (!prefix)
			return;
		prefix->base.family = width == 4 ? 4 : 6;
		memcpy(prefix->base.bytes, attribute.value, width);
		prefix->length = header.rtm_dst_len;
	}
}

int link_routes(int fd, struct net_busy *ret, struct error *error)
{
	struct collection collection = { .item_bytes = sizeof(struct net_prefix) };
	AUTO_BATCH struct nl_batch batch = { 0 };
	struct rtmsg header = { .rtm_family = AF_UNSPEC };
	int r;

	nl_message(&batch, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
	r = collect(fd, &batch, take_route, &collection, error);
	if (r < 0)
		return error_wrap(error, "list routes");
	*ret = (struct net_busy){ collection.at, collection.count };
	return 0;
}

int link_index(int fd, const char *name, int *ret, struct error *error)
{
	struct collection collection = { .item_bytes = sizeof(struct link) };
	AUTO_BATCH struct nl_batch batch = { 0 };
	int r;

	start_link(&batch, RTM_GETLINK, 0, 0, false);
	nl_put_text(&batch, IFLA_IFNAME, name);
	r = collect(fd, &batch, take_link, &collection, error);
	if (r < 0)
		return error_wrap(error, "interface %s", name);
	if (collection.count > 0)
		*ret = ((struct link *)collection.at)->index;
	free(collection.at);
	return collection.count > 0 ? 0 : error_set(error, -ENODEV, "no interface %s", name);
}

int link_up(int fd, int index, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };

	start_link(&batch, RTM_NEWLINK, NLM_F_ACK, index, true);
	if (ask(fd, &batch, error) < 0)
		return error_wrap(error, "start an interface");
	return 0;
}

int link_remove(int fd, const char *name, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };
	int r;

	start_link(&batch, RTM_DELLINK, NLM_F_ACK, 0, false);
	nl_put_text(&batch, IFLA_IFNAME, name);
	r = ask(fd, &batch, error);
	return r < 0 && r != -ENODEV ? error_wrap(error, "remove interface %s", name) : 0;
}

int link_make_bridge(int fd, const struct net_config *network, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };
	size_t info;
	int r;

	start_link(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 0, true);
	nl_put_text(&batch, IFLA_IFNAME, network->bridge);
	nl_put(&batch, IFLA_ADDRESS, network->mac, sizeof(network->mac));
	if (network->mtu > 0)
		nl_put_u32(&batch, IFLA_MTU, network->mtu);
	info = nl_nest(&batch, IFLA_LINKINFO);
	nl_put_text(&batch, IFLA_INFO_KIND, "bridge");
	nl_nest_end(&batch, info);
	r = ask(fd, &batch, error);
	return r < 0 && r != -EEXIST ? error_wrap(error, "make bridge %s", network->bridge) : 0;
}

/* Ends in a bridge have no addresses, not even ones of IPv6 that they make when they come up. */
static void put_no_addresses(struct nl_batch *out)
{
	size_t families = nl_nest(out, IFLA_AF_SPEC), ipv6 = nl_nest(out, AF_INET6);

	nl_put_u8(out, IFLA_INET6_ADDR_GEN_MODE, MODE_NONE);
	nl_nest_end(out, ipv6);
	nl_nest_end(out, families);
}

/* What a member sends to a port that itself publishes comes back by the same port of the bridge. */
static void put_hairpin(struct nl_batch *out)
{
	size_t info = nl_nest(out, IFLA_LINKINFO), data;

	nl_put_text(out, IFLA_INFO_SLAVE_KIND, "bridge");
	data = nl_nest(out, IFLA_INFO_SLAVE_DATA);
	nl_put_u8(out, IFLA_BRPORT_MODE, 1);
	nl_nest_end(out, data);
	nl_nest_end(out, info);
}

/* A kernel without IPv6 knows no such attribute. */
static int forbid_addresses(int fd, const char *name, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };
	int r;

	start_link(&batch, RTM_NEWLINK, NLM_F_ACK, 0, false);
	nl_put_text(&batch, IFLA_IFNAME, name);
	put_no_addresses(&batch);
	r = ask(fd, &batch, error);
	return r == -EAFNOSUPPORT ? 0 : r;
}

int link_enslave(int fd, const char *name, int bridge, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };
	int r = forbid_addresses(fd, name, error);

	start_link(&batch, RTM_NEWLINK, NLM_F_ACK, 0, true);
	nl_put_text(&batch, IFLA_IFNAME, name);
	nl_put_u32(&batch, IFLA_MASTER, (uint32_t)bridge);
	start_link(&batch, RTM_NEWLINK, NLM_F_ACK, 0, false);
	nl_put_text(&batch, IFLA_IFNAME, name);
	put_hairpin(&batch);
	if (r == 0)
		r = ask(fd, &batch, error);
	return r < 0 ? error_wrap(error, "put %s into its bridge", name) : 0;
}

/* The far end, within the attribute that is for it. */
static void put_peer(struct nl_batch *out, const struct net_lease *lease, uint32_t mtu, int netns)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	size_t peer = nl_nest(out, VETH_INFO_PEER);

	nl_append(out, &header, sizeof(header));
	nl_put_text(out, IFLA_IFNAME, lease->interface);
	nl_put_u32(out, IFLA_NET_NS_FD, (uint32_t)netns);
	nl_put(out, IFLA_ADDRESS, lease->mac, sizeof(lease->mac));
	if (mtu > 0)
		nl_put_u32(out, IFLA_MTU, mtu);
	nl_nest_end(out, peer);
}

static int make_pair(int fd, const struct net_lease *lease, const struct net_config *network,
		     int netns, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };
	size_t info, data;

	start_link(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 0, false);
	nl_put_text(&batch, IFLA_IFNAME, lease->link);
	if (network->mtu > 0)
		nl_put_u32(&batch, IFLA_MTU, network->mtu);
	info = nl_nest(&batch, IFLA_LINKINFO);
	nl_put_text(&batch, IFLA_INFO_KIND, "veth");
	data = nl_nest(&batch, IFLA_INFO_DATA);
	put_peer(&batch, lease, network->mtu, netns);
	nl_nest_end(&batch, data);
	nl_nest_end(&batch, info);
	return ask(fd, &batch, error);
}

int link_make_pair(int fd, const struct net_lease *lease, const struct net_config *network,
		   int bridge, int netns, struct error *error)
{
	int r = make_pair(fd, lease, network, netns, error);

	if (r == -EEXIST && link_remove(fd, lease->link, error) == 0)
		r = make_pair(fd, lease, network, netns, error);
	if (r < 0)
		return error_wrap(error, "make interface %s", lease->interface);
	return link_enslave(fd, lease->link, bridge, error);
}

static void put_mode(struct nl_batch *out, const struct net_config *network)
{
	size_t data = nl_nest(out, IFLA_INFO_DATA);
	unsigned mode = 0;

	net_mode_parse(network->driver, network->mode, &mode);
	if (network->driver == NET_MACVLAN)
		nl_put_u32(out, IFLA_MACVLAN_MODE, mode);
	else
		nl_put(out, IFLA_IPVLAN_MODE, &(uint16_t){ (uint16_t)mode }, sizeof(uint16_t));
	nl_nest_end(out, data);
}

int link_make_child(int fd, const struct net_lease *lease, const struct net_config *network,
		    int parent, int netns, struct error *error)
{
	AUTO_BATCH struct nl_batch batch = { 0 };
	size_t info;

	start_link(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 0, false);
	nl_put_text(&batch, IFLA_IFNAME, lease->interface);
	nl_put_u32(&batch, IFLA_LINK, (uint32_t)parent);
	nl_put_u32(&batch, IFLA_NET_NS_FD, (uint32_t)netns);
	if (network->driver == NET_MACVLAN)
		nl_put(&batch, IFLA_ADDRESS, lease->mac, sizeof(lease->mac));
	if (network->mtu > 0)
		nl_put_u32(&batch, IFLA_MTU, network->mtu);
	info = nl_nest(&batch, IFLA_LINKINFO);
	nl_put_text(&batch, IFLA_INFO_KIND, net_driver_name(network->driver));
	put_mode(&batch, network);
	nl_nest_end(&batch, info);
	if (ask(fd, &batch, error) < 0)
		return error_wrap(error, "make interface %s of %s", lease->interface,
				  net_driver_name(network->driver));
	return 0;
}

struct default_route {
	uint32_t metric;
	int index; /* 0: none yet */
};

static void take_default(const struct nl_answer *answer, void *context)
{
	size_t at = sizeof(struct rtmsg);
	struct default_route *found = context, route = { 0 };
	struct nl_attribute attribute;
	struct rtmsg header;

	if (answer->type != RTM_NEWROUTE || answer->body_bytes < sizeof(header))
		return;
	memcpy(&header, answer->body, sizeof(header));
	if (header.rtm_dst_len != 0 || header.rtm_type != RTN_UNICAST ||
	    header.rtm_table != RT_TABLE_MAIN)
		return;
	while (nl_next_attribute(answer->body, answer->body_bytes, &at, &attribute)) {
		if (attribute.type == RTA_OIF)
			route.index = (int)nl_u32(&attribute);
		if (attribute.type == RTA_PRIORITY)
			route.metric = nl_u32(&attribute);
	}
	if (route.index > 0 && (found->index == 0 || route.metric < found->metric))
		*found = route;
}

int link_of_default_route(int fd, int *ret, struct error *error)
{
	static const unsigned char families[] = { AF_INET, AF_INET6 };
	struct default_route found = { 0 };
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0 && found.index == 0; i++) {
		AUTO_BATCH struct nl_batch batch = { 0 };
		struct rtmsg header = { .rtm_family = families[i] };

		nl_message(&batch, RTM_GETROUTE, NLM_F_DUMP, &header, sizeof(header));
		r = netlink_ask(fd, &batch, take_default, &found, error);
	}
	if (r < 0)
		return error_wrap(error, "list routes");
	*ret = found.index;
	return found.index > 0 ? 0 : error_set(error, -ENODEV, "no interface has a default route");
}

int link_add_address(int fd, int index, const struct net_ip *ip, uint8_t prefix,
		     struct error *error)
{
	struct ifaddrmsg header = { .ifa_family = ip->family == 4 ? AF_INET : AF_INET6,
				    .ifa_prefixlen = prefix,
				    .ifa_index = (uint32_t)index };
	struct net_ip last = net_prefix_last(&(struct net_prefix){ *ip, prefix });
	AUTO_BATCH struct nl_batch batch = { 0 };
	size_t width = ip->family == 4 ? 4 : 16;
	char text[NET_IP_TEXT];

	nl_message(&batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, &header,
		   sizeof(header));
	nl_put(&batch, IFA_LOCAL, ip->bytes, width);
	nl_put(&batch, IFA_ADDRESS, ip->bytes, width);
	if (ip->family == 4)
		nl_put(&batch, IFA_BROADCAST, last.bytes, width);
	else
		nl_put_u32(&batch, IFA_FLAGS, IFA_F_NODAD);
	if (ask(fd, &batch, error) < 0)
		return error_wrap(error, "add address %s", net_ip_text(ip, text));
	return 0;
}

int link_add_default_route(int fd, int index, const struct net_ip *gateway, uint32_t metric,
			   struct error *error)
{
	struct rtmsg header = { .rtm_family = gateway->family == 4 ? AF_INET : AF_INET6,
				.rtm_table = RT_TABLE_MAIN,
				.rtm_protocol = RTPROT_STATIC,
				.rtm_scope = RT_SCOPE_UNIVERSE,
				.rtm_type = RTN_UNICAST };
	AUTO_BATCH struct nl_batch batch = { 0 };
	char text[NET_IP_TEXT];

	nl_message(&batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, &header,
		   sizeof(header));
	nl_put(&batch, RTA_GATEWAY, gateway->bytes, gateway->family == 4 ? 4 : 16);
	nl_put_u32(&batch, RTA_OIF, (uint32_t)index);
	nl_put_u32(&batch, RTA_PRIORITY, metric);
	if (ask(fd, &batch, error) < 0)
		return error_wrap(error, "add a route by %s", net_ip_text(gateway, text));
	return 0;
}
