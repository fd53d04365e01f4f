// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "lib/net/choose.h"
#include "lib/net/options.h"
#include "lib/net/texts.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_taken(const char *link, const void *context)
{
	return strcmp(link, context) == 0;
}

static const uint8_t lot[NET_LOT_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 3, 4, 5, 6 };

/* A network made from scratch; the state gets it. */
static int make(struct net_state *state, const struct net_network *options,
		const struct net_busy *busy, struct error *error)
{
	static struct net_config all[16];
	struct net_config network;
	unsigned wanted;
	int r = net_read_network(options, &state->arena, &network, &wanted, error);

	if (r == 0)
		r = net_complete(&network, wanted, state, busy, lot, is_taken, "kls-used",
				 &state->arena, error);
	if (r == 0) {
		state->networks = all;
		all[state->network_count++] = network;
	}
	return r;
}

static const char *subnet_text(const struct net_config *network, uint8_t family, char *ret)
{
	const struct net_subnet *subnet = net_subnet_of(network, family);

	return subnet ? net_prefix_text(&subnet->prefix, ret) : "";
}

static const struct {
	const char *name, *bridge, *ipv4, *ipv6;
	bool dual;
} made[] = {
	{ "podman", "podman0", "10.88.0.0/16", "", false },
	{ "web", "kls-web", "10.89.0.0/24", "", false },
	{ "dual", "kls-dual", "10.89.2.0/24", "fd01:203:405:607::/64", true },
	{ "dual2", "kls-dual2", "10.89.3.0/24", "fd01:203:405:608::/64", true },
	{ "elevenchars", "kls-elevenchars", "10.89.4.0/24", "", false },
	{ "used", "kls-used", "10.89.5.0/24", "", false },
};

SUITE(netcomplete)
{
	struct net_prefix route = { .base = { 4, { 10, 89, 1 } }, .length = 28 }, any = { 0 };
	struct net_prefix routes[] = { any, route };
	struct net_busy busy = { routes, 2 };
	struct net_state state = { 0 };
	char text[NET_SUBNET_TEXT];

	for (size_t i = 0; i < ROWS(made); i++) {
		struct net_network options = { .name = made[i].name, .ipv6 = made[i].dual };
		const struct net_config *network;

		CHECK_NUMBER(made[i].name, make(&state, &options, &busy, NULL), 0);
		network = &state.networks[state.network_count - 1];
		if (i < 5)
			CHECK_TEXT(made[i].name, network->bridge, made[i].bridge);
		else
			CHECK(made[i].name, strcmp(network->bridge, made[i].bridge) != 0);
		CHECK_TEXT(made[i].name, subnet_text(network, 4, text), made[i].ipv4);
		CHECK_TEXT(made[i].name, subnet_text(network, 6, text), made[i].ipv6);
		CHECK(made[i].name, (network->mac[0] & 3) == 2);
	}
	arena_free(&state.arena);
}

SUITE(netrefused)
{
	static const char *const taken[] = { "10.88.3.0/24", NULL }, *const host[] = { "10.0.0.0/8",
										       NULL };
	struct net_prefix route = { .base = { 4, { 10, 77 } }, .length = 16 };
	struct net_busy busy = { &route, 1 };
	struct net_state state = { 0 };
	struct error error;

	CHECK_NUMBER("first", make(&state, &(struct net_network){ .name = "podman" }, &busy, NULL),
		     0);
	CHECK_NUMBER(
		"another's",
		make(&state, &(struct net_network){ .name = "a", .subnets = taken }, &busy, &error),
		-EADDRINUSE);
	CHECK_TEXT("another's", error.text,
		   "network a: subnet 10.88.3.0/24 overlaps that of the network podman");
	CHECK_NUMBER("the host's",
		     make(&state, &(struct net_network){ .name = "a", .subnets = host },
			  &(struct net_busy){ &route, 1 }, &error),
		     -EADDRINUSE);
	CHECK_NUMBER("interface",
		     make(&state,
			  &(struct net_network){ .name = "a", .interface_name = "kls-used" }, &busy,
			  &error),
		     -EADDRINUSE);
	CHECK_NUMBER("bridge",
		     make(&state, &(struct net_network){ .name = "a", .interface_name = "podman0" },
			  &busy, &error),
		     -EADDRINUSE);
	arena_free(&state.arena);
}

/* One network of few addresses, filled. */
SUITE(netleases)
{
	static const char *const subnets[] = { "10.7.0.0/29", "fd01::/64", NULL }, *const web[] = {
		"web", NULL
	};
	struct net_record members[5] = { { 0 } };
	struct net_state state = { .members = members };
	char names[6][4], text[NET_IP_TEXT];
	struct net_record extra;
	struct error error;

	CHECK_NUMBER("web",
		     make(&state, &(struct net_network){ .name = "web", .subnets = subnets },
			  &(struct net_busy){ 0 }, NULL),
		     0);
	for (size_t i = 0; i < 6; i++) {
		struct net_member options = { .name = names[i], .networks = web };

		snprintf(names[i], sizeof(names[i]), "m%zu", i);
		CHECK_NUMBER(names[i], net_read_member(&options, &state.arena, &extra, &error), 0);
		CHECK_NUMBER(names[i], net_lease_addresses(&extra, &state, &state.arena, &error),
			     i < 5 ? 0 : -ENOSPC);
		if (i == 5)
			break;
		members[state.member_count++] = extra;
		for (size_t o = 0; o < i; o++)
			CHECK(names[i],
			      net_ip_compare(&members[o].leases[0].ip, &extra.leases[0].ip) != 0);
		CHECK(names[i],
		      extra.leases[0].ip.bytes[3] >= 2 && extra.leases[0].ip.bytes[3] <= 6);
		CHECK_TEXT(names[i], extra.leases[0].interface, "eth0");
		CHECK_NUMBER(names[i], strlen(extra.leases[0].link), NET_LINK_BYTES - 1);
		CHECK(names[i], extra.leases[0].ip6.family == 6);
	}
	CHECK_TEXT("full", error.text, "network web: no address of 10.7.0.0/29 is free");
	extra.leases[0].ip = members[2].leases[0].ip;
	CHECK_NUMBER("taken", net_lease_addresses(&extra, &state, &state.arena, &error),
		     -EADDRINUSE);
	CHECK("taken", strstr(error.text, "by the container m2") != NULL);
	members[2].lease_count = 0;
	CHECK_NUMBER("free again", net_lease_addresses(&extra, &state, &state.arena, &error), 0);
	net_ip_text(&extra.leases[0].ip, text);
	arena_free(&state.arena);
}

SUITE(nethosts)
{
	static const char *const hosts[] = { "x;y:192.0.2.1", "g:host-gateway", NULL },
				 *const web[] = { "web:ip=10.89.0.2,alias=al", NULL };
	static const char *const other[] = { "web:ip=10.89.0.3", NULL };
	struct net_member options = { .name = "a",
				      .hostname = "h",
				      .networks = web,
				      .hosts = hosts,
				      .hosts_base = "192.0.2.5 base" };
	struct net_record members[2] = { { 0 } };
	struct net_state state = { .members = members };
	char *text, *fresh, *again;

	CHECK_NUMBER(
		"web",
		make(&state, &(struct net_network){ .name = "web" }, &(struct net_busy){ 0 }, NULL),
		0);
	CHECK_NUMBER("a", net_read_member(&options, &state.arena, &members[0], NULL), 0);
	CHECK_NUMBER("b",
		     net_read_member(&(struct net_member){ .name = "b", .networks = other },
				     &state.arena, &members[1], NULL),
		     0);
	state.member_count = 1;
	text = net_hosts_text(&members[0], &options, &state, false);
	CHECK_TEXT(
		"alone", text,
		"192.0.2.1\tx y\n10.89.0.1\tg\n192.0.2.5 base\n127.0.0.1\tlocalhost localhost.localdomain\n"
		"::1\tlocalhost localhost.localdomain\n10.89.0.1\thost.containers.internal host.docker.internal\n"
		"# keelson: names of its networks, up to the next such line, written by the host\n"
		"10.89.0.2\ta h al\n# keelson: end\n");
	state.member_count = 2;
	fresh = net_hosts_refresh(text, &members[0], &state);
	CHECK("two",
	      fresh && strstr(fresh,
			      "by the host\n10.89.0.2\ta h al\n10.89.0.3\tb\n# keelson: end\n") !=
			       NULL);
	state.member_count = 1;
	again = net_hosts_refresh(fresh, &members[0], &state);
	CHECK_TEXT("one again", again, text);
	free(again);
	again = net_hosts_refresh("10.0.0.1 other\n", &members[0], &state);
	CHECK_TEXT("without marks", again, "10.0.0.1 other\n");
	free(text);
	free(fresh);
	free(again);
	arena_free(&state.arena);
}

static const struct {
	const char *name, *host, *dns[3], *want;
	bool local;
} resolvs[] = {
	{ "the host's",
	  "nameserver 192.0.2.1\nsearch a b\noptions rotate\n",
	  { NULL },
	  "search a b\nnameserver 192.0.2.1\noptions rotate\n",
	  false },
	{ "not its loopback",
	  "nameserver 127.0.0.53\nnameserver ::1\nnameserver fe80::1%eth0\nnameserver 192.0.2.1 # x\n",
	  { NULL },
	  "nameserver 192.0.2.1\n",
	  false },
	{ "but where it is ours",
	  "nameserver 127.0.0.53\n",
	  { NULL },
	  "nameserver 127.0.0.53\n",
	  true },
	{ "given",
	  "nameserver 192.0.2.1\nsearch a\n",
	  { "192.0.2.9", "192.0.2.8" },
	  "search a\nnameserver 192.0.2.9\nnameserver 192.0.2.8\n",
	  false },
	{ "nothing", "", { NULL }, "", false },
	{ "odd lines",
	  "nameserver\nnameservers 192.0.2.1\n;x\nnameserver\t192.0.2.1\r\n",
	  { NULL },
	  "nameserver 192.0.2.1\n",
	  false },
};

SUITE(netresolv)
{
	struct net_state state = { 0 };
	struct net_record member = { .name = "a", .hostname = "a" };

	for (size_t i = 0; i < ROWS(resolvs); i++) {
		struct net_member options = { .name = "a", .dns = resolvs[i].dns };
		char *text = net_resolv_text(&member, &options, &state, resolvs[i].host,
					     resolvs[i].local);

		CHECK_TEXT(resolvs[i].name, text, resolvs[i].want);
		free(text);
	}
}
