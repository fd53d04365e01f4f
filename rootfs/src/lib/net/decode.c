// SPDX-License-Identifier: Apache-2.0
/* Reads what encode.c writes. The files are root's own, but may be damaged or edited: whatever
 * leaves here is within the limits of model.h, and names are names. */
#include "lib/json.h"
#include "lib/net/model.h"
#include "lib/net/options.h"
#include "lib/text.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NODES_MAX 65536
#define TEXT_MAX 4096

/* What is read, and what was wrong first. */
struct reader {
	struct json json;
	struct arena *arena;
	struct error *error;
	int result;
};

__attribute__((format(printf, 2, 3))) static void fail(struct reader *in, const char *format, ...)
{
	char text[128];
	va_list args;

	if (in->result < 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	in->result = error_set(in->error, -EBADMSG, "%s", text);
}

/* The first of a list that may not be there. (Node 0 is no list's, but the whole text.) */
static uint32_t first(const struct reader *in, uint32_t list)
{
	return list == 0 ? 0 : json_first(&in->json, list);
}

/* A string of a node without its escapes; "" if it is none, with key named as what is wrong. */
static const char *text_of(struct reader *in, uint32_t node, const char *key)
{
	const struct json_node *at = &in->json.nodes[node];
	const char *quoted = in->json.text + at->start;
	size_t size = at->end - at->start, length;
	char *text;

	length = at->type == JSON_STRING ? json_unquote(quoted, size, NULL, 0) : TEXT_MAX + 1;
	text = length > TEXT_MAX ? NULL : arena_get(in->arena, length + 1, 1);
	if (!text) {
		fail(in, "%s is no string of at most %d bytes", key, TEXT_MAX);
		return "";
	}
	json_unquote(quoted, size, text, length);
	if (strlen(text) != length)
		fail(in, "%s has a zero byte", key);
	return text;
}

/* A member's string, or NULL if it is not there. */
static const char *get(struct reader *in, uint32_t node, const char *key)
{
	uint32_t at = json_member(&in->json, node, key);

	return at == 0 ? NULL : text_of(in, at, key);
}

/* The same for one that has to be there, and to be as check wants it. */
static const char *need(struct reader *in, uint32_t node, const char *key,
			bool (*check)(const char *text))
{
	const char *text = get(in, node, key);

	if (text && check(text))
		return text;
	fail(in, "%s is missing or is none", key);
	return "x";
}

static bool get_bool(struct reader *in, uint32_t node, const char *key)
{
	uint32_t at = json_member(&in->json, node, key);

	return at != 0 && in->json.nodes[at].type == JSON_TRUE;
}

static uint32_t get_number(struct reader *in, uint32_t node, const char *key, uint32_t min,
			   uint32_t max)
{
	uint32_t at = json_member(&in->json, node, key);
	int64_t number = 0;

	if (at == 0 || json_integer(&in->json, at, &number) < 0 || number < min || number > max)
		fail(in, "%s is not %u to %u", key, min, max);
	return (uint32_t)number;
}

static uint16_t get_port(struct reader *in, uint32_t node, const char *key)
{
	return (uint16_t)get_number(in, node, key, 1, 65535);
}

static void get_ip(struct reader *in, uint32_t node, const char *key, struct net_ip *ret)
{
	const char *text = get(in, node, key);

	*ret = (struct net_ip){ 0 };
	if (text && net_ip_parse(text, ret) < 0)
		fail(in, "%s is no address", key);
}

static void get_mac(struct reader *in, uint32_t node, uint8_t ret[6])
{
	const char *text = get(in, node, "mac_address");

	memset(ret, 0, 6);
	if (!text || net_mac_parse(text, ret) < 0)
		fail(in, "mac_address is none");
}

static void get_words(struct reader *in, uint32_t node, const char *key,
		      bool (*check)(const char *text), struct words *ret)
{
	uint32_t list = json_member(&in->json, node, key);

	*ret = (struct words){ 0 };
	for (uint32_t at = first(in, list); at != 0; at = in->json.nodes[at].next) {
		const char *word = text_of(in, at, key);

		if (!check(word))
			fail(in, "%s has what is none", key);
		words_add(ret, in->arena, word);
	}
}

static void read_subnet(struct reader *in, uint32_t node, struct net_subnet *ret)
{
	uint32_t range = json_member(&in->json, node, "lease_range");
	const char *prefix = get(in, node, "subnet");

	if (!prefix || net_prefix_parse(prefix, &ret->prefix) < 0)
		fail(in, "subnet is none");
	get_ip(in, node, "gateway", &ret->gateway);
	if (range != 0) {
		get_ip(in, range, "start_ip", &ret->first);
		get_ip(in, range, "end_ip", &ret->last);
	}
	if (in->result == 0 && !net_subnet_is_right(ret))
		fail(in, "subnet %s: gateway or range are not in it", prefix);
}

static void read_subnets(struct reader *in, struct net_config *ret)
{
	uint32_t list = json_member(&in->json, 0, "subnets");

	for (uint32_t at = first(in, list); at != 0; at = in->json.nodes[at].next) {
		if (ret->subnet_count == NET_SUBNETS_MAX) {
			fail(in, "over %d subnets", NET_SUBNETS_MAX);
			return;
		}
		read_subnet(in, at, &ret->subnets[ret->subnet_count++]);
	}
}

/* The members of an object as KEY=VALUE. */
static void read_pairs(struct reader *in, const char *key, struct words *ret)
{
	uint32_t object = json_member(&in->json, 0, key);

	for (uint32_t at = first(in, object); at != 0; at = in->json.nodes[at].next) {
		const struct json_node *node = &in->json.nodes[at];
		size_t quoted = node->key_end - node->key_start;
		char name[256];
		size_t length = json_unquote(in->json.text + node->key_start, quoted, name,
					     sizeof(name) - 1);

		if (quoted == 0 || length >= sizeof(name)) {
			fail(in, "%s has a key that is too long", key);
			return;
		}
		name[length] = '\0';
		words_add(ret, in->arena,
			  arena_format(in->arena, "%s=%s", name, text_of(in, at, key)));
	}
}

static void read_options(struct reader *in, struct net_config *ret)
{
	struct words options = { 0 };

	read_pairs(in, "options", &options);
	for (size_t i = 0; i < options.count && in->result == 0; i++)
		if (net_apply_option(options.at[i], ret, in->error) < 0)
			in->result = -EBADMSG;
}

static bool is_ip(const char *text)
{
	struct net_ip ip;

	return net_ip_parse(text, &ip) == 0;
}

static void read_interface(struct reader *in, struct net_config *ret)
{
	const char *driver = get(in, 0, "driver");

	if (driver && net_driver_parse(driver, &ret->driver) < 0)
		fail(in, "driver is none");
	if (ret->driver == NET_BRIDGE) {
		ret->bridge = need(in, 0, "network_interface", net_is_link);
		get_mac(in, 0, ret->mac);
	} else if (json_member(&in->json, 0, "network_interface") != 0) {
		ret->parent = need(in, 0, "network_interface", net_is_link);
	}
}

static void read_network(struct reader *in, struct net_config *ret)
{
	uint32_t ipam = json_member(&in->json, 0, "ipam_options");
	const char *driver = ipam != 0 ? get(in, ipam, "driver") : NULL;

	ret->name = need(in, 0, "name", net_is_name);
	read_interface(in, ret);
	read_subnets(in, ret);
	ret->internal = get_bool(in, 0, "internal");
	ret->names = get_bool(in, 0, "dns_enabled");
	ret->no_addresses = driver && strcmp(driver, "none") == 0;
	get_words(in, 0, "network_dns_servers", is_ip, &ret->dns);
	read_pairs(in, "labels", &ret->labels);
	read_options(in, ret);
}

static void read_lease(struct reader *in, uint32_t node, struct net_lease *ret)
{
	ret->network = need(in, node, "network", net_is_name);
	ret->interface = need(in, node, "interface", net_is_link);
	if (json_member(&in->json, node, "link") != 0)
		ret->link = need(in, node, "link", net_is_link);
	get_ip(in, node, "ip", &ret->ip);
	get_ip(in, node, "ip6", &ret->ip6);
	if (ret->ip.family == 6 || ret->ip6.family == 4)
		fail(in, "ip or ip6 is of the other family");
	get_mac(in, node, ret->mac);
	get_words(in, node, "aliases", net_is_host, &ret->aliases);
}

static void read_port(struct reader *in, uint32_t node, struct net_port *ret)
{
	const char *protocol = get(in, node, "protocol");

	if (!protocol || net_protocol_parse(protocol, &ret->protocol) < 0)
		fail(in, "protocol is none");
	get_ip(in, node, "host_ip", &ret->host);
	ret->host_port = get_port(in, node, "host_port");
	ret->port = get_port(in, node, "container_port");
	ret->count = get_port(in, node, "range");
	if (ret->host_port + ret->count > 65536 || ret->port + ret->count > 65536)
		fail(in, "range ends above 65535");
}

static void read_ports(struct reader *in, struct net_record *ret)
{
	uint32_t list = json_member(&in->json, 0, "ports");
	uint32_t count = list != 0 ? in->json.nodes[list].count : 0;

	if (count > NET_PORTS_MAX)
		fail(in, "over %d ports", NET_PORTS_MAX);
	else
		ret->ports = arena_get(in->arena, count, sizeof(*ret->ports));
	if (!ret->ports)
		return;
	for (uint32_t at = first(in, list); at != 0; at = in->json.nodes[at].next)
		read_port(in, at, &ret->ports[ret->port_count++]);
}

static bool is_path(const char *text)
{
	return text[0] == '/';
}

static void read_record(struct reader *in, struct net_record *ret)
{
	uint32_t list = json_member(&in->json, 0, "leases");

	ret->name = need(in, 0, "name", net_is_name);
	ret->hostname = need(in, 0, "hostname", net_is_host);
	ret->space = get_number(in, 0, "space", 0, INT32_MAX);
	if (json_member(&in->json, 0, "hosts_file") != 0)
		ret->hosts_file = need(in, 0, "hosts_file", is_path);
	get_words(in, 0, "names", net_is_host, &ret->names);
	for (uint32_t at = first(in, list); at != 0; at = in->json.nodes[at].next) {
		if (ret->lease_count == NET_LEASES_MAX) {
			fail(in, "over %d leases", NET_LEASES_MAX);
			return;
		}
		read_lease(in, at, &ret->leases[ret->lease_count++]);
	}
	read_ports(in, ret);
}

static int open_reader(struct reader *in, const char *text, size_t size)
{
	struct json_problem problem;
	int r = json_parse(text, size, NODES_MAX, &in->json, &problem);

	if (r == -EBADMSG)
		return error_set(in->error, r, "byte %u: %s", problem.offset, problem.text);
	if (r < 0)
		return error_set(in->error, r, "%s", strerror(-r));
	return 0;
}

static int close_reader(struct reader *in)
{
	json_free(&in->json);
	if (in->result == 0 && in->arena->exhausted)
		return error_set(in->error, -ENOMEM, "no memory");
	return in->result;
}

int net_decode_network(const char *text, size_t size, struct arena *arena, struct net_config *ret,
		       struct error *error)
{
	struct reader in = { .arena = arena, .error = error };
	struct net_config network = { 0 };
	int r = open_reader(&in, text, size);

	if (r < 0)
		return r;
	read_network(&in, &network);
	r = close_reader(&in);
	if (r == 0)
		*ret = network;
	return r;
}

int net_decode_record(const char *text, size_t size, struct arena *arena, struct net_record *ret,
		      struct error *error)
{
	struct reader in = { .arena = arena, .error = error };
	struct net_record record = { 0 };
	int r = open_reader(&in, text, size);

	if (r < 0)
		return r;
	read_record(&in, &record);
	r = close_reader(&in);
	if (r == 0)
		*ret = record;
	return r;
}
