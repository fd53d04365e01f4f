// SPDX-License-Identifier: Apache-2.0
/* The calls of net/net.h as verbs, for tests/image/test_net.py. Prints what a join gives as lines,
 * the text of /etc/resolv.conf last. */
#include "net/net.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 64

/* Options by name; of those that are single the last one counts. */
struct values {
	const char *name;
	const char *at[VALUES_MAX + 1];
	size_t count;
};

enum {
	SUBNET,
	GATEWAY,
	IP_RANGE,
	OPT,
	DNS,
	DRIVER,
	IPAM_DRIVER,
	INTERFACE_NAME,
	LABEL,
	INTERNAL,
	IPV6,
	DISABLE_DNS,
	NETWORK,
	ALIAS,
	PUBLISH,
	IP,
	IP6,
	MAC,
	ADD_HOST,
	DNS_SEARCH,
	DNS_OPTION,
	HOSTS_FILE,
	HOSTNAME,
	NETNS,
	OPTIONS
};

static struct values values[OPTIONS] = {
	[SUBNET] = { .name = "--subnet=" },
	[GATEWAY] = { .name = "--gateway=" },
	[IP_RANGE] = { .name = "--ip-range=" },
	[OPT] = { .name = "--opt=" },
	[DNS] = { .name = "--dns=" },
	[DRIVER] = { .name = "--driver=" },
	[IPAM_DRIVER] = { .name = "--ipam-driver=" },
	[INTERFACE_NAME] = { .name = "--interface-name=" },
	[LABEL] = { .name = "--label=" },
	[INTERNAL] = { .name = "--internal" },
	[IPV6] = { .name = "--ipv6" },
	[DISABLE_DNS] = { .name = "--disable-dns" },
	[NETWORK] = { .name = "--network=" },
	[ALIAS] = { .name = "--network-alias=" },
	[PUBLISH] = { .name = "--publish=" },
	[IP] = { .name = "--ip=" },
	[IP6] = { .name = "--ip6=" },
	[MAC] = { .name = "--mac-address=" },
	[ADD_HOST] = { .name = "--add-host=" },
	[DNS_SEARCH] = { .name = "--dns-search=" },
	[DNS_OPTION] = { .name = "--dns-option=" },
	[HOSTS_FILE] = { .name = "--hosts-file=" },
	[HOSTNAME] = { .name = "--hostname=" },
	[NETNS] = { .name = "--netns=" },
};

static int usage(const char *what)
{
	fprintf(stderr,
		"keelson-net: %s\n"
		"usage: keelson-net create|check NAME [OPTION…] | remove NAME | inspect [NAME]\n"
		"                   join|host NAME [OPTION…] | leave NAME | name MEMBER NAME yes|no\n"
		"                   reload\n"
		"Environment: KEELSON_ROOT, the folder of all state.\n",
		what);
	return 2;
}

static bool take_option(const char *argument)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		size_t length = strlen(values[i].name);

		if (strncmp(argument, values[i].name, length) == 0 &&
		    values[i].count < VALUES_MAX) {
			values[i].at[values[i].count++] = argument + length;
			return true;
		}
	}
	return false;
}

static const char *single(size_t option)
{
	return values[option].count > 0 ? values[option].at[values[option].count - 1] : NULL;
}

static struct net_network network_of(const char *name)
{
	return (struct net_network){ .name = name,
				     .driver = single(DRIVER),
				     .interface_name = single(INTERFACE_NAME),
				     .ipam_driver = single(IPAM_DRIVER),
				     .internal = values[INTERNAL].count > 0,
				     .ipv6 = values[IPV6].count > 0,
				     .disable_dns = values[DISABLE_DNS].count > 0,
				     .subnets = values[SUBNET].at,
				     .gateways = values[GATEWAY].at,
				     .ip_ranges = values[IP_RANGE].at,
				     .dns = values[DNS].at,
				     .options = values[OPT].at,
				     .labels = values[LABEL].at };
}

static int join(const char *root, const char *name, bool host, struct error *error)
{
	struct net_member member = { .name = name,
				     .hostname = single(HOSTNAME),
				     .netns = single(NETNS),
				     .networks = values[NETWORK].at,
				     .aliases = values[ALIAS].at,
				     .ip = single(IP),
				     .ip6 = single(IP6),
				     .mac = single(MAC),
				     .publish = values[PUBLISH].at,
				     .hosts = values[ADD_HOST].at,
				     .dns = values[DNS].at,
				     .dns_search = values[DNS_SEARCH].at,
				     .dns_options = values[DNS_OPTION].at,
				     .hosts_file = single(HOSTS_FILE) };
	struct net_joined joined;
	int r = host ? net_host_texts(root, &member, &joined, error)
		     : net_join(root, &member, &joined, error);

	if (r < 0)
		return r;
	for (size_t i = 0; i < joined.count; i++) {
		const struct net_address *at = &joined.addresses[i];

		printf("%s %s %s/%u %s %s/%u %s %s\n", at->network, at->interface, at->ip,
		       at->ip_prefix, at->gateway, at->ip6, at->ip6_prefix, at->gateway6, at->mac);
	}
	fprintf(stderr, "%s", joined.warnings);
	printf("%s", joined.resolv_conf ? joined.resolv_conf : "none\n");
	net_joined_free(&joined);
	return 0;
}

static int inspect(const char *root, const char *name, struct error *error)
{
	char *text;
	int r = net_inspect(root, name, &text, error);

	if (r == 0) {
		printf("%s", text);
		free(text);
	}
	return r;
}

static int run(const char *root, int argc, char **argv, struct error *error)
{
	const char *verb = argv[1], *name = argc > 2 ? argv[2] : NULL;
	struct net_network network = network_of(name);

	if (strcmp(verb, "reload") == 0)
		return net_reload(root, error);
	if (strcmp(verb, "inspect") == 0)
		return inspect(root, name, error);
	if (!name)
		return 1;
	if (strcmp(verb, "create") == 0)
		return net_create(root, &network, error);
	if (strcmp(verb, "check") == 0)
		return net_check(&network, error);
	if (strcmp(verb, "remove") == 0)
		return net_remove(root, name, error);
	if (strcmp(verb, "join") == 0 || strcmp(verb, "host") == 0)
		return join(root, name, verb[0] == 'h', error);
	if (strcmp(verb, "leave") == 0)
		return net_leave(root, name, error);
	if (strcmp(verb, "name") == 0 && argc == 5)
		return net_set_name(root, name, argv[3], strcmp(argv[4], "yes") == 0, error);
	return 1;
}

int main(int argc, char **argv)
{
	const char *root = getenv("KEELSON_ROOT");
	struct error error;
	int r;

	for (int i = 3; i < argc; i++)
		if (argv[i][0] == '-' && !take_option(argv[i]))
			return usage(argv[i]);
	r = argc < 2 ? 1 : run(root ? root : "", argc, argv, &error);
	if (r < 0)
		fprintf(stderr, "keelson-net: %s\n", error.text);
	return r > 0 ? usage("what is to be done?") : r < 0;
}
