// SPDX-License-Identifier: Apache-2.0
/* The texts of the files; decode.c reads them. Networks look as podman's "network inspect" shows
 * them, with our own keys beside. */
#include "lib/jsonwriter.h"
#include "lib/net/model.h"
#include <stdlib.h>
#include <string.h>

static void put_key(struct json_writer *out, const char *key)
{
	if (out->used > 0 && out->text[out->used - 1] != '{' && out->text[out->used - 1] != '[')
		json_put_text(out, ",");
	json_put_format(out, "\"%s\":", key);
}

static void put_text(struct json_writer *out, const char *key, const char *value)
{
	put_key(out, key);
	json_put_string(out, value, strlen(value));
}

static void put_bool(struct json_writer *out, const char *key, bool value)
{
	put_key(out, key);
	json_put_text(out, value ? "true" : "false");
}

static void put_number(struct json_writer *out, const char *key, unsigned value)
{
	put_key(out, key);
	json_put_format(out, "%u", value);
}

static void put_ip(struct json_writer *out, const char *key, const struct net_ip *ip)
{
	char text[NET_IP_TEXT];

	if (ip->family != 0)
		put_text(out, key, net_ip_text(ip, text));
}

static void put_words(struct json_writer *out, const char *key, const struct words *words)
{
	put_key(out, key);
	json_put_text(out, "[");
	for (size_t i = 0; i < words->count; i++) {
		json_put_text(out, i > 0 ? "," : "");
		json_put_string(out, words->at[i], strlen(words->at[i]));
	}
	json_put_text(out, "]");
}

static char *finish(struct json_writer *out)
{
	json_put(out, "}\n", 3);
	if (out->failed)
		free(out->text);
	return out->failed ? NULL : out->text;
}

static void put_subnet(struct json_writer *out, const struct net_subnet *subnet)
{
	char text[NET_SUBNET_TEXT];

	json_put_text(out, "{");
	put_text(out, "subnet", net_prefix_text(&subnet->prefix, text));
	put_ip(out, "gateway", &subnet->gateway);
	if (subnet->first.family != 0) {
		put_key(out, "lease_range");
		json_put_text(out, "{");
		put_ip(out, "start_ip", &subnet->first);
		put_ip(out, "end_ip", &subnet->last);
		json_put_text(out, "}");
	}
	json_put_text(out, "}");
}

static void put_options(struct json_writer *out, const struct net_config *network)
{
	char number[16];

	put_key(out, "options");
	json_put_text(out, "{");
	if (network->mtu > 0) {
		snprintf(number, sizeof(number), "%u", network->mtu);
		put_text(out, "mtu", number);
	}
	if (network->metric > 0) {
		snprintf(number, sizeof(number), "%u", network->metric);
		put_text(out, "metric", number);
	}
	if (network->mode)
		put_text(out, "mode", network->mode);
	if (network->isolation != NET_OPEN)
		put_text(out, "isolate", network->isolation == NET_STRICT ? "strict" : "true");
	if (network->no_default_route)
		put_text(out, "no_default_route", "true");
	json_put_text(out, "}");
}

/* "KEY=VALUE" as a member of an object. */
static void put_labels(struct json_writer *out, const struct words *labels)
{
	put_key(out, "labels");
	json_put_text(out, "{");
	for (size_t i = 0; i < labels->count; i++) {
		const char *label = labels->at[i];
		size_t key = strcspn(label, "=");

		json_put_text(out, i > 0 ? "," : "");
		json_put_string(out, label, key);
		json_put_text(out, ":");
		label += label[key] == '=' ? key + 1 : key;
		json_put_string(out, label, strlen(label));
	}
	json_put_text(out, "}");
}

char *net_encode_network(const struct net_config *network)
{
	struct json_writer out = { 0 };
	char mac[NET_MAC_TEXT];

	json_put_text(&out, "{");
	put_text(&out, "name", network->name);
	put_text(&out, "driver", net_driver_name(network->driver));
	if (network->driver == NET_BRIDGE) {
		put_text(&out, "network_interface", network->bridge);
		put_text(&out, "mac_address", net_mac_text(network->mac, mac));
	} else if (network->parent) {
		put_text(&out, "network_interface", network->parent);
	}
	put_key(&out, "subnets");
	json_put_text(&out, "[");
	for (size_t i = 0; i < network->subnet_count; i++) {
		json_put_text(&out, i > 0 ? "," : "");
		put_subnet(&out, &network->subnets[i]);
	}
	json_put_text(&out, "]");
	put_bool(&out, "ipv6_enabled", net_subnet_of(network, 6));
	put_bool(&out, "internal", network->internal);
	put_bool(&out, "dns_enabled", network->names);
	put_words(&out, "network_dns_servers", &network->dns);
	put_labels(&out, &network->labels);
	put_options(&out, network);
	put_key(&out, "ipam_options");
	json_put_text(&out, "{");
	put_text(&out, "driver", network->no_addresses ? "none" : "host-local");
	json_put_text(&out, "}");
	return finish(&out);
}

static void put_lease(struct json_writer *out, const struct net_lease *lease)
{
	char mac[NET_MAC_TEXT];

	json_put_text(out, "{");
	put_text(out, "network", lease->network);
	put_text(out, "interface", lease->interface);
	if (lease->link)
		put_text(out, "link", lease->link);
	put_ip(out, "ip", &lease->ip);
	put_ip(out, "ip6", &lease->ip6);
	put_text(out, "mac_address", net_mac_text(lease->mac, mac));
	put_words(out, "aliases", &lease->aliases);
	json_put_text(out, "}");
}

static void put_port(struct json_writer *out, const struct net_port *port)
{
	json_put_text(out, "{");
	put_text(out, "protocol", net_protocol_name(port->protocol));
	put_ip(out, "host_ip", &port->host);
	put_number(out, "host_port", port->host_port);
	put_number(out, "container_port", port->port);
	put_number(out, "range", port->count);
	json_put_text(out, "}");
}

char *net_encode_record(const struct net_record *record)
{
	struct json_writer out = { 0 };

	json_put_text(&out, "{");
	put_text(&out, "name", record->name);
	put_text(&out, "hostname", record->hostname);
	put_number(&out, "space", record->space);
	if (record->hosts_file)
		put_text(&out, "hosts_file", record->hosts_file);
	put_words(&out, "names", &record->names);
	put_key(&out, "leases");
	json_put_text(&out, "[");
	for (size_t i = 0; i < record->lease_count; i++) {
		json_put_text(&out, i > 0 ? "," : "");
		put_lease(&out, &record->leases[i]);
	}
	json_put_text(&out, "]");
	put_key(&out, "ports");
	json_put_text(&out, "[");
	for (size_t i = 0; i < record->port_count; i++) {
		json_put_text(&out, i > 0 ? "," : "");
		put_port(&out, &record->ports[i]);
	}
	json_put_text(&out, "]");
	return finish(&out);
}
