// SPDX-License-Identifier: Apache-2.0
/* Options of members: networks, ports, names; see options.h. */
#include "lib/net/options.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define HOST_MAX 253

bool net_is_host(const char *text)
{
	static const char set[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return text[0] != '\0' && text[strspn(text, set)] == '\0' && strlen(text) <= HOST_MAX;
}

int net_protocol_parse(const char *text, uint8_t *ret)
{
	static const uint8_t known[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };

	for (size_t i = 0; i < sizeof(known); i++) {
		if (strcasecmp(text, net_protocol_name(known[i])) == 0) {
			*ret = known[i];
			return 0;
		}
	}
	return -EINVAL;
}

/* "PORT" or "FIRST-LAST", from 1 on. */
static int parse_ports(const char *text, uint16_t *ret_first, uint32_t *ret_count)
{
	const char *dash = strchr(text, '-');
	uint64_t first, last;
	char start[8];

	if (text_copy(start, sizeof(start), text, dash ? (size_t)(dash - text) : strlen(text)) <
		    0 ||
	    text_to_number(start, 65535, &first) < 0)
		return -EINVAL;
	last = first;
	if (dash && text_to_number(dash + 1, 65535, &last) < 0)
		return -EINVAL;
	if (first < 1 || last < first)
		return -EINVAL;
	*ret_first = (uint16_t)first;
	*ret_count = (uint32_t)(last - first + 1);
	return 0;
}

/* "[ADDRESS:]PORTS" in front of the container's, where an address with colons stands in brackets
 * and ports may be left out. */
static int parse_host(char *text, struct net_port *port)
{
	char *colon = strrchr(text, ':'), *ports = colon ? colon + 1 : text;
	uint32_t count;

	if (ports[0] != '\0') {
		if (parse_ports(ports, &port->host_port, &count) < 0 || count != port->count)
			return -EINVAL;
	}
	if (!colon || colon == text)
		return 0;
	*colon = '\0';
	if (text[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		return net_ip_parse(text + 1, &port->host) < 0 || port->host.family != 6 ? -EINVAL
											 : 0;
	}
	return net_ip_parse(text, &port->host) < 0 || port->host.family != 4 ? -EINVAL : 0;
}

static int parse_publish(const char *text, struct net_port *port)
{
	char copy[96], *slash, *colon;
	uint32_t count;

	if (text_copy(copy, sizeof(copy), text, strlen(text)) < 0)
		return -EINVAL;
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		if (net_protocol_parse(slash + 1, &port->protocol) < 0)
			return -EINVAL;
	}
	colon = strrchr(copy, ':');
	if (parse_ports(colon ? colon + 1 : copy, &port->port, &count) < 0 || count > UINT16_MAX)
		return -EINVAL;
	port->count = (uint16_t)count;
	if (!colon)
		return 0;
	*colon = '\0';
	return parse_host(copy, port);
}

int net_publish_parse(const char *text, struct net_port *ret, struct error *error)
{
	struct net_port port = { .protocol = IPPROTO_TCP };

	if (parse_publish(text, &port) < 0)
		return error_set(error, -EINVAL,
				 "port %s: want [[ADDRESS:][PORT]:]PORT[/tcp|/udp|/sctp], with "
				 "ranges of the same length, IPv6 in brackets",
				 text);
	*ret = port;
	return 0;
}

static bool hosts_meet(const struct net_ip *a, const struct net_ip *b)
{
	if (a->family == 0 || b->family == 0)
		return true;
	return a->family == b->family &&
	       (net_ip_is_any(a) || net_ip_is_any(b) || net_ip_compare(a, b) == 0);
}

bool net_ports_clash(const struct net_port *a, const struct net_port *b)
{
	return a->protocol == b->protocol && hosts_meet(&a->host, &b->host) &&
	       a->host_port < b->host_port + b->count && b->host_port < a->host_port + a->count;
}

int net_add_host_parse(const char *text, struct arena *arena, const char **ret_names,
		       struct net_ip *ret, struct error *error)
{
	size_t length = strcspn(text, ":");
	const char *address = text[length] == ':' ? text + length + 1 : "";
	char *names = arena_copy(arena, text, length), *at = names;
	struct net_ip ip = { 0 };
	bool right = names && length > 0;

	while (right && at) {
		char *name = strsep(&at, ";");

		right = net_is_host(name);
		if (at)
			at[-1] = ' ';
	}
	if (!right || (strcmp(address, "host-gateway") != 0 && net_ip_parse(address, &ip) < 0))
		return error_set(error, -EINVAL,
				 "host %s: want NAME[;NAME]:ADDRESS or NAME:host-gateway", text);
	*ret_names = names;
	*ret = ip;
	return 0;
}

/* What a record is made from. */
struct builder {
	const struct net_member *options;
	struct arena *arena;
	struct net_record *record;
	struct error *error;
};

static int set_ip(struct builder *b, struct net_lease *lease, const char *value, uint8_t family)
{
	struct net_ip *at = family == 4 ? &lease->ip : &lease->ip6;

	if (net_ip_parse(value, at) < 0 || at->family != family)
		return error_set(b->error, -EINVAL, "%s is no address of IPv%u", value, family);
	return 0;
}

static int set_mac(struct builder *b, struct net_lease *lease, const char *value)
{
	if (net_mac_parse(value, lease->mac) < 0)
		return error_set(b->error, -EINVAL, "%s is no MAC address of one machine", value);
	return 0;
}

static int add_name(struct builder *b, struct words *names, const char *name)
{
	if (!net_is_host(name))
		return error_set(b->error, -EINVAL, "%s is no name of a host", name);
	words_add(names, b->arena, name);
	return 0;
}

/* One "KEY=VALUE" behind a network's name. */
static int apply(struct builder *b, struct net_lease *lease, const char *key, const char *value)
{
	if (strcmp(key, "ip") == 0)
		return set_ip(b, lease, value, strchr(value, ':') ? 6 : 4);
	if (strcmp(key, "ip6") == 0)
		return set_ip(b, lease, value, 6);
	if (strcmp(key, "mac") == 0)
		return set_mac(b, lease, value);
	if (strcmp(key, "alias") == 0)
		return add_name(b, &lease->aliases, value);
	if (strcmp(key, "interface_name") == 0 && net_is_link(value)) {
		lease->interface = value;
		return 0;
	}
	if (strcmp(key, "interface_name") == 0)
		return error_set(b->error, -EINVAL, "%s is no name of an interface", value);
	return error_set(b->error, -EOPNOTSUPP,
			 "%s= is not known; there is ip, ip6, mac, alias, interface_name", key);
}

static struct net_lease *add_lease(struct builder *b, const char *name)
{
	struct net_record *record = b->record;

	if (strcmp(name, "bridge") == 0 || strcmp(name, "private") == 0 || *name == '\0')
		name = NET_DEFAULT;
	if (strcmp(name, "host") == 0 || strcmp(name, "none") == 0) {
		error_set(b->error, -EINVAL, "%s stands beside no other network", name);
		return NULL;
	}
	if (!net_is_name(name) || record->lease_count == NET_LEASES_MAX) {
		error_set(b->error, -EINVAL, "%s is no name of a network, or there are over %d",
			  name, NET_LEASES_MAX);
		return NULL;
	}
	if (net_find_lease(record, name)) {
		error_set(b->error, -EINVAL, "%s is joined twice", name);
		return NULL;
	}
	record->leases[record->lease_count].network = name;
	return &record->leases[record->lease_count++];
}

/* "A,B": networks without options of their own. */
static int add_plain(struct builder *b, char *names)
{
	while (names)
		if (!add_lease(b, strsep(&names, ",")))
			return -EINVAL;
	return 0;
}

static int add_network(struct builder *b, const char *text)
{
	char *options = arena_copy(b->arena, text, strlen(text)), *name;
	struct net_lease *lease;

	if (!options)
		return error_set(b->error, -ENOMEM, "no memory");
	name = strsep(&options, ":");
	if (!options)
		return add_plain(b, name);
	lease = add_lease(b, name);
	if (!lease)
		return -EINVAL;
	while (options && *options) {
		char *value = strsep(&options, ","), *key = strsep(&value, "=");
		int r = apply(b, lease, key, value ? value : "");

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_fixed(struct builder *b)
{
	const struct net_member *options = b->options;
	struct net_lease *lease = &b->record->leases[0];
	int r = 0;

	if ((options->ip || options->ip6 || options->mac) && b->record->lease_count != 1)
		return error_set(b->error, -EINVAL,
				 "an address of its own goes with exactly one network; with more "
				 "of them write NETWORK:ip=ADDRESS");
	if (options->ip)
		r = set_ip(b, lease, options->ip, 4);
	if (r == 0 && options->ip6)
		r = set_ip(b, lease, options->ip6, 6);
	if (r == 0 && options->mac)
		r = set_mac(b, lease, options->mac);
	return r;
}

static int add_port(struct builder *b, const char *text)
{
	struct net_record *record = b->record;
	struct net_port *port = &record->ports[record->port_count];
	int r = net_publish_parse(text, port, b->error);

	if (r < 0)
		return r;
	for (size_t i = 0; i < record->port_count; i++)
		if (port->host_port != 0 && net_ports_clash(&record->ports[i], port))
			return error_set(b->error, -EINVAL, "port %s is published twice", text);
	record->port_count++;
	return 0;
}

static int add_ports(struct builder *b)
{
	size_t count = 0;
	int r = 0;

	for (net_texts at = b->options->publish; at && *at; at++)
		count++;
	if (count > NET_PORTS_MAX)
		return error_set(b->error, -EINVAL, "over %d ports", NET_PORTS_MAX);
	b->record->ports = arena_get(b->arena, count, sizeof(*b->record->ports));
	if (!b->record->ports)
		return error_set(b->error, -ENOMEM, "no memory");
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_port(b, b->options->publish[i]);
	return r;
}

/* Texts that are used later: whether they will be right then. */
static int check_texts(struct builder *b)
{
	const char *names;
	struct net_ip ip;
	int r = 0;

	for (net_texts at = b->options->hosts; r == 0 && at && *at; at++)
		r = net_add_host_parse(*at, b->arena, &names, &ip, b->error);
	for (net_texts at = b->options->dns; r == 0 && at && *at; at++)
		if (strcmp(*at, "none") != 0 && net_ip_parse(*at, &ip) < 0)
			r = error_set(b->error, -EINVAL, "DNS server %s is no address", *at);
	for (net_texts at = b->options->dns_search; r == 0 && at && *at; at++)
		if (strcmp(*at, ".") != 0 && !net_is_host(*at))
			r = error_set(b->error, -EINVAL, "%s is no domain to search in", *at);
	for (net_texts at = b->options->dns_options; r == 0 && at && *at; at++)
		if (strpbrk(*at, " \t\r\n"))
			r = error_set(b->error, -EINVAL, "DNS option %s has blanks", *at);
	return r;
}

static int build(struct builder *b)
{
	const struct net_member *options = b->options;
	int r = 0;

	if (!net_is_host(b->record->hostname))
		return error_set(b->error, -EINVAL, "hostname %s is none", b->record->hostname);
	if (options->hosts_file && options->hosts_file[0] != '/')
		return error_set(b->error, -EINVAL, "%s does not start with /",
				 options->hosts_file);
	for (net_texts at = options->networks; r == 0 && at && *at; at++)
		r = add_network(b, *at);
	for (net_texts at = options->aliases; r == 0 && at && *at; at++)
		r = add_name(b, &b->record->names, *at);
	if (r == 0)
		r = add_fixed(b);
	if (r == 0)
		r = add_ports(b);
	if (b->record->lease_count == 0)
		b->record->port_count = 0;
	return r == 0 ? check_texts(b) : r;
}

int net_read_member(const struct net_member *options, struct arena *arena, struct net_record *ret,
		    struct error *error)
{
	struct net_record record = { .name = options->name, .hosts_file = options->hosts_file };
	struct builder builder = { options, arena, &record, error };
	int r;

	if (!options->name || !net_is_name(options->name))
		return error_set(error, -EINVAL, "%s is no name of a container",
				 options->name ? options->name : "nothing");
	record.hostname = options->hostname ? options->hostname : options->name;
	r = build(&builder);
	if (r == 0 && arena->exhausted)
		r = error_set(error, -ENOMEM, "no memory");
	if (r < 0)
		return error_wrap(error, "container %s", options->name);
	*ret = record;
	return 0;
}
