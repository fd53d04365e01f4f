// SPDX-License-Identifier: Apache-2.0
/*
 * Members come and go; see net.h. The order of net_join, and what a kill leaves after each step:
 *
 *   the member's file      a file alone; net_join and net_leave of the same name end it, and so
 *                          does whoever opens the state once its namespace is gone (session.c)
 *   interfaces             a member without ports, addresses or names; ended as above
 *   nftables' table        ports work; the rest as above
 *   the hosts files        names are late until somebody else joins or leaves
 *
 * net_leave goes the other way. Each makes all of the table from the files, so what a killed run
 * has left there is gone after the next one, whoever's it is.
 */
#include "lib/net/choose.h"
#include "lib/net/ruleset.h"
#include "lib/net/texts.h"
#include "net/bridge.h"
#include "net/create.h"
#include "net/hostports.h"
#include "net/hostsfile.h"
#include "net/link.h"
#include "net/net.h"
#include "net/netns.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METRIC \
	100 /* of the first network's default route, as in the reference; then one more each */
#define RESOLVED "run/systemd/resolve/resolv.conf"
#define RESOLV_MAX_BYTES 65536

int net_check_member(const struct net_member *member, struct error *error)
{
	struct arena arena = { 0 };
	struct net_record record;
	int r = net_read_member(member, &arena, &record, error);

	arena_free(&arena);
	return r;
}

/* Takes back what there is of a member, its file last. */
static int leave(struct session *session, const struct net_record *found, struct error *error)
{
	struct net_record member = *found;
	int r;

	session_drop_member(session, member.name);
	r = session_apply(session, error);
	hostports_forget(&member);
	for (size_t i = 0; r == 0 && i < member.lease_count; i++)
		if (member.leases[i].link)
			r = link_remove(session->route, member.leases[i].link, error);
	session_refresh_hosts(session, &member);
	return r == 0 ? session_unlink_member(session, member.name, error) : r;
}

int net_leave(const char *root, const char *name, struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	const struct net_record *member;
	int r;

	if (!session_has_member(root, name))
		return 0;
	r = session_open(root, &session, error);
	if (r < 0)
		return r;
	member = net_find_member(&session.state, name);
	return member ? leave(&session, member, error) : 0;
}

static int add_routes(const struct net_config *network, int route, int index, size_t number,
		      struct error *error)
{
	uint32_t metric = network->metric > 0 ? network->metric : (uint32_t)(METRIC + number);
	int r = 0;

	if (network->internal || network->no_default_route)
		return 0;
	for (uint8_t family = 4; r == 0 && family <= 6; family = (uint8_t)(family + 2)) {
		const struct net_subnet *subnet = net_subnet_of(network, family);

		if (subnet)
			r = link_add_default_route(route, index, &subnet->gateway, metric, error);
	}
	return r;
}

/* The length of the prefix that an address of a network is in. */
static uint8_t prefix_of(const struct net_config *network, const struct net_ip *ip)
{
	for (size_t i = 0; i < network->subnet_count; i++)
		if (net_prefix_has(&network->subnets[i].prefix, ip))
			return network->subnets[i].prefix.length;
	return net_ip_bits(ip);
}

static int make_pair(struct session *session, const struct net_lease *lease,
		     const struct net_config *network, int netns, struct error *error)
{
	int bridge, r = bridge_make(session, network, &bridge, error);

	return r < 0 ? r : link_make_pair(session->route, lease, network, bridge, netns, error);
}

/* It has no end here. One that a killed run has left in the namespace goes first. */
static int make_child(struct session *session, const struct net_lease *lease,
		      const struct net_config *network, int netns, int route, struct error *error)
{
	int parent, r = network->parent
				? link_index(session->route, network->parent, &parent, error)
				: link_of_default_route(session->route, &parent, error);

	if (r < 0)
		return error_wrap(error, "network %s: no parent (option parent names one)",
				  network->name);
	r = link_make_child(session->route, lease, network, parent, netns, error);
	if (r == -EEXIST && link_remove(route, lease->interface, error) == 0)
		r = link_make_child(session->route, lease, network, parent, netns, error);
	return r;
}

static int connect_one(struct session *session, const struct net_record *member, size_t number,
		       int netns, int route, struct error *error)
{
	const struct net_lease *lease = &member->leases[number];
	const struct net_config *network = net_find_network(&session->state, lease->network);
	const struct net_ip *ips[] = { &lease->ip, &lease->ip6 };
	int index, r = network->driver == NET_BRIDGE
			       ? make_pair(session, lease, network, netns, error)
			       : make_child(session, lease, network, netns, route, error);

	if (r == 0)
		r = link_index(route, lease->interface, &index, error);
	for (size_t i = 0; r == 0 && i < 2; i++)
		if (ips[i]->family != 0)
			r = link_add_address(route, index, ips[i], prefix_of(network, ips[i]),
					     error);
	if (r == 0)
		r = link_up(route, index, error);
	return r == 0 ? add_routes(network, route, index, number, error) : r;
}

static int connect_all(struct session *session, const struct net_record *member, int netns,
		       int route, struct error *error)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < member->lease_count; i++)
		r = connect_one(session, member, i, netns, route, error);
	if (r == 0)
		r = session_apply(session, error);
	if (r == 0)
		hostports_forget(member);
	return r;
}

static char *read_resolv(const char *root, bool local)
{
	char *text = NULL, path[PATH_MAX];
	struct error ignored;

	session_path(root, path, RESOLVED);
	if (!local && file_read(path, RESOLV_MAX_BYTES, &text, &ignored) == 0)
		return text;
	session_path(root, path, "etc/resolv.conf");
	return file_read(path, RESOLV_MAX_BYTES, &text, &ignored) == 0 ? text : strdup("");
}

static bool wants_resolv(const struct net_member *options)
{
	return !options->dns || !*options->dns || strcmp(*options->dns, "none") != 0;
}

static int make_texts(struct session *session, const struct net_record *member,
		      const struct net_member *options, bool local, struct net_joined *ret,
		      struct error *error)
{
	AUTO_FREE char *host = read_resolv(session->root, local);

	ret->warnings = net_warnings_text(member, options);
	ret->hosts = net_hosts_text(member, options, &session->state, local);
	if (host && wants_resolv(options))
		ret->resolv_conf = net_resolv_text(member, options, &session->state, host, local);
	if (!ret->warnings || !ret->hosts || (!ret->resolv_conf && wants_resolv(options)))
		return error_set(error, -ENOMEM, "no memory");
	return options->hosts_file ? hostsfile_write(options->hosts_file, ret->hosts, error) : 0;
}

static void show_lease(const struct net_lease *lease, const struct net_config *network,
		       struct net_address *ret)
{
	char text[NET_IP_TEXT];

	snprintf(ret->network, sizeof(ret->network), "%s", lease->network);
	snprintf(ret->interface, sizeof(ret->interface), "%s", lease->interface);
	snprintf(ret->ip, sizeof(ret->ip), "%s", net_ip_text(&lease->ip, text));
	snprintf(ret->ip6, sizeof(ret->ip6), "%s", net_ip_text(&lease->ip6, text));
	ret->ip_prefix = lease->ip.family ? prefix_of(network, &lease->ip) : 0;
	ret->ip6_prefix = lease->ip6.family ? prefix_of(network, &lease->ip6) : 0;
	for (size_t i = 0; i < network->subnet_count; i++) {
		const struct net_ip *gateway = &network->subnets[i].gateway;

		net_ip_text(gateway, text);
		if (gateway->family == 4 && ret->gateway[0] == '\0')
			snprintf(ret->gateway, sizeof(ret->gateway), "%s", text);
		if (gateway->family == 6 && ret->gateway6[0] == '\0')
			snprintf(ret->gateway6, sizeof(ret->gateway6), "%s", text);
	}
	net_mac_text(lease->mac, ret->mac);
}

static int need_networks(struct session *session, const struct net_record *member,
			 struct error *error)
{
	const struct net_network usual = { .name = NET_DEFAULT, .disable_dns = true };

	if (!net_find_lease(member, NET_DEFAULT) || net_find_network(&session->state, NET_DEFAULT))
		return 0;
	return create_network(session, &usual, error);
}

static bool has_pair(const struct net_record *member)
{
	for (size_t i = 0; i < member->lease_count; i++)
		if (member->leases[i].link)
			return true;
	return false;
}

/* What has to be right before anything is made: addresses and ports. */
static int settle(struct session *session, struct net_record *member, struct error *error)
{
	const struct net_record *old = net_find_member(&session->state, member->name);
	int r = old ? leave(session, old, error) : 0;

	if (r == 0)
		r = need_networks(session, member, error);
	if (r == 0)
		r = net_lease_addresses(member, &session->state, &session->state.arena, error);
	if (!has_pair(member))
		member->port_count = 0; /* as in the reference */
	if (r == 0)
		r = net_check_targets(member, &session->state, error);
	if (r == 0)
		r = hostports_take(session, member, error);
	return r;
}

/* From here on something of it is there, and on failure has to go. */
static int establish(struct session *session, const struct net_record *member,
		     const struct net_member *options, int netns, int route, struct net_joined *ret,
		     struct error *error)
{
	struct error ignored;
	int r = session_write_member(session, member, error);

	if (r == 0 && session_put_member(session, member) < 0)
		r = error_set(error, -ENOMEM, "no memory");
	if (r == 0)
		r = connect_all(session, member, netns, route, error);
	if (r == 0)
		r = make_texts(session, member, options, false, ret, error);
	if (r < 0)
		leave(session, member, &ignored);
	else
		session_refresh_hosts(session, member);
	return r;
}

/* The member has settled; it needs no file if it is in no network. */
static int join(struct session *session, struct net_record *member,
		const struct net_member *options, struct net_joined *ret, struct error *error)
{
	AUTO_CLOSE int netns = -1, route = -1;
	int r = netns_open(options->netns ? options->netns : "", &netns, &route, error);

	if (r == 0)
		r = settle(session, member, error);
	if (r < 0)
		return r;
	if (member->lease_count == 0)
		return make_texts(session, member, options, false, ret, error);
	r = netns_number(session->route, netns, &member->space, error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < member->lease_count; i++)
		show_lease(&member->leases[i],
			   net_find_network(&session->state, member->leases[i].network),
			   &ret->addresses[i]);
	ret->count = member->lease_count;
	return establish(session, member, options, netns, route, ret, error);
}

/* What both need: a member that was read, and nothing left behind on failure. */
static int finish(int result, struct net_joined *joined, const char *name, struct net_joined *ret,
		  struct error *error)
{
	if (result == 0) {
		*ret = *joined;
		return 0;
	}
	net_joined_free(joined);
	return error_wrap(error, "container %s", name);
}

int net_join(const char *root, const struct net_member *options, struct net_joined *ret,
	     struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	struct net_joined joined = { 0 };
	struct net_record member;
	int r = net_check_member(options, error);

	if (r == 0)
		r = session_open(root, &session, error);
	if (r == 0)
		r = net_read_member(options, &session.state.arena, &member, error);
	if (r < 0)
		return r;
	r = join(&session, &member, options, &joined, error);
	return finish(r, &joined, options->name, ret, error);
}

/* Of the state nothing is needed, and the unit may have a network namespace of its own. */
int net_host_texts(const char *root, const struct net_member *options, struct net_joined *ret,
		   struct error *error)
{
	AUTO_SESSION struct session none = { .root = root, .lock = -1, .route = -1 };
	struct net_joined joined = { 0 };
	struct net_record member;
	int r = net_read_member(options, &none.state.arena, &member, error);

	if (r < 0)
		return r;
	member.lease_count = 0;
	r = make_texts(&none, &member, options, true, &joined, error);
	return finish(r, &joined, options->name, ret, error);
}

void net_joined_free(struct net_joined *joined)
{
	free(joined->hosts);
	free(joined->resolv_conf);
	free(joined->warnings);
	*joined = (struct net_joined){ 0 };
}

static void change_name(struct net_record *member, struct arena *arena, const char *name,
			bool present)
{
	struct words names = { 0 };

	for (size_t i = 0; i < member->names.count; i++)
		if (strcmp(member->names.at[i], name) != 0)
			words_add(&names, arena, member->names.at[i]);
	if (present)
		words_add(&names, arena, name);
	member->names = names;
}

int net_set_name(const char *root, const char *name, const char *added, bool present,
		 struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	const struct net_record *found;
	struct net_record member;
	int r;

	if (!net_is_host(added))
		return error_set(error, -EINVAL, "%s is no name of a host", added);
	if (!session_has_member(root, name))
		return 0;
	r = session_open(root, &session, error);
	if (r < 0)
		return r;
	found = net_find_member(&session.state, name);
	if (!found)
		return 0;
	member = *found;
	change_name(&member, &session.state.arena, added, present);
	r = session_write_member(&session, &member, error);
	if (r == 0 && session_put_member(&session, &member) < 0)
		r = error_set(error, -ENOMEM, "no memory");
	if (r == 0)
		session_refresh_hosts(&session, &member);
	return r;
}

static int attach_again(struct session *session, const struct net_config *network,
			struct error *error)
{
	int bridge, r;

	if (network->driver != NET_BRIDGE)
		return 0;
	r = bridge_make(session, network, &bridge, error);
	for (size_t i = 0; r == 0 && i < session->state.member_count; i++) {
		const struct net_lease *lease =
			net_find_lease(&session->state.members[i], network->name);

		if (lease)
			r = link_enslave(session->route, lease->link, bridge, error);
	}
	return r;
}

int net_reload(const char *root, struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	int r = session_open(root, &session, error);

	for (size_t i = 0; r == 0 && i < session.state.network_count; i++)
		r = attach_again(&session, &session.state.networks[i], error);
	if (r == 0)
		r = session_apply(&session, error);
	if (r == 0)
		session_refresh_hosts(&session, NULL);
	return r;
}
