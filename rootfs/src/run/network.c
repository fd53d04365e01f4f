// SPDX-License-Identifier: Apache-2.0
/* The seam to net.h: the verb network, the networks of a container and of a pod. */
#include "run/network.h"
#include "lib/run/networks.h"
#include "lib/run/plan.h"
#include "lib/text.h"
#include "run/spaces.h"
#include "run/start.h"
#include "run/verbs.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int verb_network(const struct places *places, const struct run_options *options,
		 struct error *error)
{
	struct net_network network = run_network(options, places->arena);

	return net_create(places->root, &network, error);
}

/* "none" is no network at all; without --network it is podman's default, which "bridge" means too.
 */
static void choose(const struct run_options *options, bool none, struct arena *arena,
		   struct words *ret)
{
	for (size_t i = 0; i < options->networks.count && !none; i++) {
		const char *name = options->networks.at[i];

		if (strcmp(name, "bridge") == 0)
			name = "podman";
		else if (text_starts(name, "bridge:"))
			name = arena_format(arena, "podman:%s", name + 7);
		words_add(ret, arena, name);
	}
	if (options->networks.count == 0)
		words_add(ret, arena, "podman");
}

int network_join(const struct places *places, const struct run_options *options, const char *netns,
		 const char *hosts, struct net_joined *ret, struct error *error)
{
	struct arena *arena = places->arena;
	struct words networks = { 0 };
	enum run_network mode;
	const char *of;
	struct net_member member = {
		.name = options->name,
		.hostname = options->hostname,
		.netns = netns,
		.aliases = run_texts(&options->network_aliases, arena),
		.ip = options->ip,
		.ip6 = options->ip6,
		.mac = options->mac_address,
		.publish = run_texts(&options->publish, arena),
		.hosts = run_texts(&options->add_hosts, arena),
		.dns = run_texts(&options->dns, arena),
		.dns_search = run_texts(&options->dns_search, arena),
		.dns_options = run_texts(&options->dns_options, arena),
		.hosts_file = options->no_hosts ? NULL : hosts,
	};
	int r = run_network_mode(options, &mode, &of, error);

	if (r < 0)
		return r;
	if (mode == RUN_NETWORK_HOST || mode == RUN_NETWORK_JOIN)
		return net_host_texts(places->root, &member, ret, error);
	choose(options, mode == RUN_NETWORK_NONE, arena, &networks);
	member.networks = run_texts(&networks, arena);
	r = net_join(places->root, &member, ret, error);
	if (r == 0 && ret->warnings)
		fputs(ret->warnings, stderr);
	return r;
}

static bool has_own(const struct start *start)
{
	enum run_network mode;
	const char *of;

	return !start->options->pod && run_network_mode(start->options, &mode, &of, NULL) == 0 &&
	       (mode == RUN_NETWORK_NONE || mode == RUN_NETWORK_OTHER);
}

int start_network_space(struct start *start, struct error *error)
{
	if (!has_own(start))
		return 0;
	return spaces_make_network(place_of(start->places, "containers", start->name, "netns"),
				   start->users.fd, error);
}

/* A pod's container has the pod's files, and a name of its own in the pod's networks. */
static int use_pod(struct start *start, struct error *error)
{
	const struct places *places = start->places;
	const char *pod = start->options->pod;
	const char *hosts = place_of(places, "pods", pod, "hosts");

	if (access(hosts, F_OK) == 0 && !start->options->no_hosts)
		start_bind(start, hosts, "/etc/hosts", false);
	if (access(place_of(places, "pods", pod, "resolv.conf"), F_OK) == 0)
		start_bind(start, place_of(places, "pods", pod, "resolv.conf"), "/etc/resolv.conf",
			   false);
	return net_set_name(places->root, pod, start->name, true, error);
}

int start_network(struct start *start, struct error *error)
{
	const struct places *places = start->places;
	const char *netns = place_of(places, "containers", start->name, "netns");
	const char *hosts = place_of(places, "containers", start->name, "hosts");
	struct net_joined joined = { 0 };
	int r;

	if (start->options->pod)
		return use_pod(start, error);
	r = network_join(places, start->options, netns, hosts, &joined, error);
	if (r == 0 && has_own(start))
		start->plan.spaces[RUN_NS_NETWORK] =
			(struct run_space){ .mode = RUN_SPACE_PATH, .path = netns };
	if (r == 0 && access(hosts, F_OK) == 0)
		r = users_give(&start->users, hosts, error);
	if (r == 0 && joined.resolv_conf)
		r = start_put_file(start, "resolv.conf", joined.resolv_conf, "/etc/resolv.conf",
				   error);
	if (r == 0 && !start->options->no_hosts && access(hosts, F_OK) < 0)
		r = start_put_file(start, "hosts", joined.hosts, "/etc/hosts", error);
	else if (r == 0 && !start->options->no_hosts)
		start_bind(start, hosts, "/etc/hosts", false);
	net_joined_free(&joined);
	return r < 0 ? error_wrap(error, "network") : 0;
}
