// SPDX-License-Identifier: Apache-2.0
/* See texts.h. */
#include "lib/net/texts.h"
#include "lib/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK "# keelson: names of its networks, up to the next such line, written by the host\n"
#define MARK_END "# keelson: end\n"
#define HOST_NAMES "host.containers.internal host.docker.internal"
#define LINE_MAX_BYTES 1024

/* A stream into memory; close it with finish. */
struct sheet {
	FILE *out;
	char *text;
	size_t size;
};

static bool start(struct sheet *sheet)
{
	*sheet = (struct sheet){ 0 };
	sheet->out = open_memstream(&sheet->text, &sheet->size);
	return sheet->out;
}

static char *finish(struct sheet *sheet)
{
	bool failed = ferror(sheet->out) != 0;

	if (fclose(sheet->out) != 0 || failed) {
		free(sheet->text);
		return NULL;
	}
	return sheet->text;
}

static void put_names(FILE *out, const struct net_record *member, const struct net_lease *lease)
{
	fprintf(out, "%s", member->name);
	if (strcmp(member->hostname, member->name) != 0)
		fprintf(out, " %s", member->hostname);
	for (size_t i = 0; i < member->names.count; i++)
		fprintf(out, " %s", member->names.at[i]);
	for (size_t i = 0; i < lease->aliases.count; i++)
		fprintf(out, " %s", lease->aliases.at[i]);
	fputc('\n', out);
}

/* A line for each address of a lease. */
static void put_lease(FILE *out, const struct net_record *member, const struct net_lease *lease)
{
	const struct net_ip *ips[] = { &lease->ip, &lease->ip6 };
	char text[NET_IP_TEXT];

	for (size_t i = 0; i < 2; i++) {
		if (ips[i]->family == 0)
			continue;
		fprintf(out, "%s\t", net_ip_text(ips[i], text));
		put_names(out, member, lease);
	}
}

static void put_own(FILE *out, const struct net_record *member)
{
	for (size_t i = 0; i < member->lease_count; i++)
		put_lease(out, member, &member->leases[i]);
}

/* Of each lease of another member, if the two are in a network with names. */
static void put_other(FILE *out, const struct net_record *member, const struct net_record *other,
		      const struct net_state *state)
{
	for (size_t i = 0; i < other->lease_count; i++) {
		const char *name = other->leases[i].network;
		const struct net_config *network = net_find_network(state, name);

		if (network && network->names && net_find_lease(member, name))
			put_lease(out, other, &other->leases[i]);
	}
}

/* What changes while a container runs: its own names first. */
static void put_changing(FILE *out, const struct net_record *member, const struct net_state *state)
{
	fputs(MARK, out);
	put_own(out, member);
	for (size_t m = 0; m < state->member_count; m++)
		if (strcmp(state->members[m].name, member->name) != 0)
			put_other(out, member, &state->members[m], state);
	fputs(MARK_END, out);
}

/* Those were checked when the member was read. */
static void put_added(FILE *out, net_texts hosts, const struct net_ip *gateway)
{
	struct arena arena = { 0 };

	for (; hosts && *hosts; hosts++) {
		char text[NET_IP_TEXT];
		const char *names;
		struct net_ip ip;

		if (net_add_host_parse(*hosts, &arena, &names, &ip, NULL) < 0)
			continue;
		if (ip.family == 0)
			ip = *gateway;
		if (ip.family != 0)
			fprintf(out, "%s\t%s\n", net_ip_text(&ip, text), names);
	}
	arena_free(&arena);
}

static void put_base(FILE *out, const char *base)
{
	size_t length = base ? strlen(base) : 0;

	if (length > 0)
		fprintf(out, "%s%s", base, base[length - 1] == '\n' ? "" : "\n");
}

char *net_hosts_text(const struct net_record *member, const struct net_member *options,
		     const struct net_state *state, bool local)
{
	struct net_ip gateway = net_host_gateway(member, state);
	char text[NET_IP_TEXT];
	struct sheet sheet;

	if (local)
		net_ip_parse("127.0.0.1", &gateway);
	if (!start(&sheet))
		return NULL;
	put_added(sheet.out, options->hosts, &gateway);
	put_base(sheet.out, options->hosts_base);
	fputs("127.0.0.1\tlocalhost localhost.localdomain\n::1\tlocalhost localhost.localdomain\n",
	      sheet.out);
	if (gateway.family != 0)
		fprintf(sheet.out, "%s\t%s\n", net_ip_text(&gateway, text), HOST_NAMES);
	if (member->lease_count == 0) {
		fputs("127.0.0.1\t", sheet.out);
		put_names(sheet.out, member, &(struct net_lease){ 0 });
	}
	if (member->lease_count > 0)
		put_changing(sheet.out, member, state);
	return finish(&sheet);
}

char *net_hosts_refresh(const char *text, const struct net_record *member,
			const struct net_state *state)
{
	const char *mark = strstr(text, MARK);
	const char *end = mark ? strstr(mark, MARK_END) : NULL;
	struct sheet sheet;

	if (!start(&sheet))
		return NULL;
	fwrite(text, 1, end ? (size_t)(mark - text) : strlen(text), sheet.out);
	if (end) {
		put_changing(sheet.out, member, state);
		fputs(end + strlen(MARK_END), sheet.out);
	}
	return finish(&sheet);
}

/* Takes the line at *at, without its end and cut at 1 KiB; false behind the last one. */
static bool next_line(const char **at, char line[LINE_MAX_BYTES])
{
	size_t length = strcspn(*at, "\n");

	if (**at == '\0')
		return false;
	snprintf(line, LINE_MAX_BYTES, "%.*s",
		 (int)(length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES), *at);
	*at += length + ((*at)[length] == '\n');
	return true;
}

/* Lines of the host's file that start with a key, as they are; servers only if they are to be
 * reached from where the member is. */
static void copy_lines(FILE *out, const char *host, const char *key, bool local)
{
	size_t length = strlen(key);
	char line[LINE_MAX_BYTES];

	while (next_line(&host, line)) {
		char *value = line + length;
		struct net_ip ip;

		if (strncmp(line, key, length) != 0 || (*value != ' ' && *value != '\t'))
			continue;
		value += strspn(value, " \t");
		value[strcspn(value, "\r")] = '\0';
		if (strcmp(key, "nameserver") == 0) {
			value[strcspn(value, " \t")] = '\0';
			if (!local && (net_ip_parse(value, &ip) < 0 || net_ip_is_loopback(&ip)))
				continue;
		}
		fprintf(out, "%s %s\n", key, value);
	}
}

static void put_servers(FILE *out, const struct net_record *member, const struct net_state *state,
			const char *host, bool local)
{
	bool any = false;

	for (size_t i = 0; i < member->lease_count; i++) {
		const struct net_config *network =
			net_find_network(state, member->leases[i].network);

		for (size_t s = 0; network && s < network->dns.count; s++, any = true)
			fprintf(out, "nameserver %s\n", network->dns.at[s]);
	}
	if (!any)
		copy_lines(out, host, "nameserver", local);
}

static void put_line(FILE *out, const char *key, net_texts values)
{
	fputs(key, out);
	for (; *values; values++)
		fprintf(out, " %s", *values);
	fputc('\n', out);
}

char *net_resolv_text(const struct net_record *member, const struct net_member *options,
		      const struct net_state *state, const char *host, bool local)
{
	net_texts dns = options->dns, search = options->dns_search, more = options->dns_options;
	struct sheet sheet;

	if (!start(&sheet))
		return NULL;
	if (!search || !*search)
		copy_lines(sheet.out, host, "search", local);
	else if (strcmp(*search, ".") != 0)
		put_line(sheet.out, "search", search);
	for (net_texts at = dns; at && *at; at++)
		if (strcmp(*at, "none") != 0)
			fprintf(sheet.out, "nameserver %s\n", *at);
	if (!dns || !*dns)
		put_servers(sheet.out, member, state, host, local);
	if (more && *more)
		put_line(sheet.out, "options", more);
	else
		copy_lines(sheet.out, host, "options", local);
	return finish(&sheet);
}

char *net_warnings_text(const struct net_record *member, const struct net_member *options)
{
	struct sheet sheet;

	if (!start(&sheet))
		return NULL;
	if (member->port_count == 0 && options->publish && *options->publish)
		fputs("ports are not published: the container has no bridge of its own\n",
		      sheet.out);
	for (size_t i = 0; i < member->port_count; i++)
		if (member->ports[i].host.family == 6 && net_ip_is_loopback(&member->ports[i].host))
			fprintf(sheet.out,
				"port %u on ::1 is refused to all: the kernel takes nothing from "
				"there to a container; publish it on 127.0.0.1\n",
				member->ports[i].host_port);
	return finish(&sheet);
}

char *net_networkd_netdev(const struct net_config *network)
{
	char mac[NET_MAC_TEXT];
	struct sheet sheet;

	if (!start(&sheet))
		return NULL;
	fprintf(sheet.out,
		"# The container network %s, written by keelson-run.\n[NetDev]\nName=%s\n",
		network->name, network->bridge);
	fprintf(sheet.out, "Kind=bridge\nMACAddress=%s\n", net_mac_text(network->mac, mac));
	if (network->mtu > 0)
		fprintf(sheet.out, "MTUBytes=%u\n", network->mtu);
	return finish(&sheet);
}

static void put_gateways(FILE *out, const struct net_config *network)
{
	char text[NET_IP_TEXT];

	for (size_t i = 0; i < network->subnet_count; i++) {
		const struct net_subnet *subnet = &network->subnets[i];

		fprintf(out, "\n[Address]\nAddress=%s/%u\n", net_ip_text(&subnet->gateway, text),
			subnet->prefix.length);
		if (subnet->gateway.family == 6)
			fputs("DuplicateAddressDetection=none\n", out);
	}
}

char *net_networkd_network(const struct net_config *network)
{
	bool ipv6 = net_subnet_of(network, 6);
	struct sheet sheet;

	if (!start(&sheet))
		return NULL;
	fprintf(sheet.out,
		"# The container network %s, written by keelson-run.\n[Match]\nName=%s\n",
		network->name, network->bridge);
	fputs("Kind=bridge\n\n[Link]\nRequiredForOnline=no\n\n[Network]\n", sheet.out);
	fprintf(sheet.out, "ConfigureWithoutCarrier=yes\nLinkLocalAddressing=%s\n",
		ipv6 ? "ipv6" : "no");
	fputs("IPv6DuplicateAddressDetection=0\n", sheet.out);
	fputs("IPv6AcceptRA=no\nLLMNR=no\nMulticastDNS=no\nLLDP=no\nEmitLLDP=no\n", sheet.out);
	fprintf(sheet.out, "IPv4Forwarding=yes\nIPv6Forwarding=%s\n", ipv6 ? "yes" : "no");
	put_gateways(sheet.out, network);
	return finish(&sheet);
}

const char net_networkd_members[] = "# Containers' interfaces, of which keelson-run takes care.\n"
				    "[Match]\nName=kv*\nKind=veth\n\n[Link]\nUnmanaged=yes\n";
