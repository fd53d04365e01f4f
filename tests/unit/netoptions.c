// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "lib/net/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* want: "PROTOCOL HOST HOST_PORT PORT COUNT". */
static const struct {
	const char *text, *want;
	int result;
} publish[] = {
	{ "80", "tcp  0 80 1", 0 },
	{ "8080:80", "tcp  8080 80 1", 0 },
	{ "8080:80/udp", "udp  8080 80 1", 0 },
	{ "8080:80/SCTP", "sctp  8080 80 1", 0 },
	{ ":80", "tcp  0 80 1", 0 },
	{ "127.0.0.1:8080:80", "tcp 127.0.0.1 8080 80 1", 0 },
	{ "127.0.0.1::80", "tcp 127.0.0.1 0 80 1", 0 },
	{ "0.0.0.0:8080:80", "tcp 0.0.0.0 8080 80 1", 0 },
	{ "[fd01::1]:8080:80", "tcp fd01::1 8080 80 1", 0 },
	{ "[::]:8080:80", "tcp :: 8080 80 1", 0 },
	{ "[::1]:8080:80", "tcp ::1 8080 80 1", 0 },
	{ "::95", "tcp  0 95 1", 0 },
	{ "[fd01::1]::80", "tcp fd01::1 0 80 1", 0 },
	{ "8000-8010:9000-9010/udp", "udp  8000 9000 11", 0 },
	{ "80-90", "tcp  0 80 11", 0 },
	{ "65535:65535", "tcp  65535 65535 1", 0 },
	{ "1-65535:1-65535", "tcp  1 1 65535", 0 },
	{ "8000-8010:9000-9011", NULL, -EINVAL },
	{ "8000-8010:80", NULL, -EINVAL },
	{ "0:80", NULL, -EINVAL },
	{ "80:0", NULL, -EINVAL },
	{ "65536:80", NULL, -EINVAL },
	{ "90-80", NULL, -EINVAL },
	{ "80-", NULL, -EINVAL },
	{ "-80", NULL, -EINVAL },
	{ "80/tcp/udp", NULL, -EINVAL },
	{ "80/icmp", NULL, -EINVAL },
	{ "80/", NULL, -EINVAL },
	{ "fd01::1:8080:80", NULL, -EINVAL },
	{ "[127.0.0.1]:8080:80", NULL, -EINVAL },
	{ "[fd01::1:8080:80", NULL, -EINVAL },
	{ "]:8080:80", NULL, -EINVAL },
	{ "[]:8080:80", NULL, -EINVAL },
	{ "name:8080:80", NULL, -EINVAL },
	{ "", NULL, -EINVAL },
	{ ":", NULL, -EINVAL },
	{ "::", NULL, -EINVAL },
	{ "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
	  "1111111111",
	  NULL, -EINVAL },
};

SUITE(netpublish)
{
	for (size_t i = 0; i < ROWS(publish); i++) {
		struct net_port port = { 0 };
		char got[128], ip[NET_IP_TEXT];

		CHECK_NUMBER(publish[i].text, net_publish_parse(publish[i].text, &port, NULL),
			     publish[i].result);
		if (publish[i].result < 0) {
			CHECK_NUMBER(publish[i].text, port.count, 0);
			continue;
		}
		snprintf(got, sizeof(got), "%s %s %u %u %u", net_protocol_name(port.protocol),
			 net_ip_text(&port.host, ip), port.host_port, port.port, port.count);
		CHECK_TEXT(publish[i].text, got, publish[i].want);
	}
}

static const struct {
	const char *a, *b;
	bool clash;
} clashes[] = {
	{ "80:80", "80:81", true },
	{ "80:80", "81:80", false },
	{ "80:80", "80:80/udp", false },
	{ "80-90:80-90", "90-91:1-2", true },
	{ "80-90:80-90", "91-92:1-2", false },
	{ "127.0.0.1:80:80", "80:80", true },
	{ "127.0.0.1:80:80", "127.0.0.2:80:80", false },
	{ "0.0.0.0:80:80", "127.0.0.2:80:80", true },
	{ "0.0.0.0:80:80", "[::]:80:80", false },
	{ "[fd01::1]:80:80", "[::]:80:80", true },
	{ "[fd01::1]:80:80", "80:80", true },
};

SUITE(netclash)
{
	for (size_t i = 0; i < ROWS(clashes); i++) {
		struct net_port a, b;

		CHECK(clashes[i].a, net_publish_parse(clashes[i].a, &a, NULL) == 0 &&
					    net_publish_parse(clashes[i].b, &b, NULL) == 0);
		CHECK_NUMBER(clashes[i].b, net_ports_clash(&a, &b), clashes[i].clash);
		CHECK_NUMBER(clashes[i].b, net_ports_clash(&b, &a), clashes[i].clash);
	}
}

/* Options are of one kind a row: "s" subnet, "g" gateway, "r" range, "o" option, "d" DNS server,
 * "i" IPAM driver, "n" interface, "D" driver, "6" IPv6. */
static const struct {
	const char *name, *options[5];
	int result;
	const char *told; /* a part of the error */
	unsigned wanted;
} networks[] = {
	{ "plain", { NULL }, 0, "", 1 },
	{ "dual", { "6" }, 0, "", 3 },
	{ "given", { "s10.1.0.0/24" }, 0, "", 0 },
	{ "given-6", { "sfd01::/64" }, 0, "", 0 },
	{ "given-4-wants-6", { "s10.1.0.0/24", "6" }, 0, "", 2 },
	{ "given-6-wants-4", { "sfd01::/64", "6" }, 0, "", 1 },
	{ "all", { "s10.1.0.0/24", "g10.1.0.254", "r10.1.0.8/29" }, 0, "", 0 },
	{ "range", { "s10.1.0.0/24", "r10.1.0.8-10.1.0.9" }, 0, "", 0 },
	{ "two", { "s10.1.0.0/24", "sfd01::/64", "g10.1.0.9", "gfd01::9" }, 0, "", 0 },
	{ "options",
	  { "omtu=1400", "oisolate=true", "ometric=5", "ono_default_route=1" },
	  0,
	  "",
	  1 },
	{ "docker", { "ocom.docker.network.driver.mtu=1400", "omode=managed" }, 0, "", 1 },
	{ "none", { "inone" }, 0, "", 0 },
	{ "local",
	  {
		  "ihost-local",
		  "Dbridge",
		  "nbr0",
		  "d192.0.2.1",
	  },
	  0,
	  "",
	  1 },
	{ "dhcp", { "idhcp" }, -EOPNOTSUPP, "IPAM driver dhcp", 0 },
	{ "none-6", { "inone", "6" }, -EINVAL, "takes no subnets", 0 },
	{ "macvlan",
	  { "Dmacvlan", "s10.1.0.0/24", "oparent=eth0", "omode=private", "omtu=1400" },
	  0,
	  "",
	  0 },
	{ "macvlan-both", { "Dmacvlan", "s10.1.0.0/24", "sfd01::/64", "6", "neth0" }, 0, "", 0 },
	{ "macvlan-bare", { "Dmacvlan", "inone" }, 0, "", 0 },
	{ "ipvlan", { "Dipvlan", "s10.1.0.0/24", "omode=l3s" }, 0, "", 0 },
	{ "macvlan-dhcp", { "Dmacvlan" }, -EINVAL, "without a subnet means DHCP", 0 },
	{ "macvlan-6", { "Dmacvlan", "s10.1.0.0/24", "6" }, -EINVAL, "subnet of IPv6 too", 0 },
	{ "macvlan-mode", { "Dmacvlan", "omode=l2" }, -EINVAL, "l2 is not a value", 0 },
	{ "macvlan-passthru", { "Dmacvlan", "omode=passthru" }, -EINVAL, "is not a value", 0 },
	{ "ipvlan-mode", { "Dipvlan", "omode=bridge" }, -EINVAL, "bridge is not a value", 0 },
	{ "ipvlan-isolate", { "Dipvlan", "oisolate=yes" }, -EINVAL, "for bridges", 0 },
	{ "macvlan-parent", { "Dmacvlan", "oparent=a/b" }, -EINVAL, "a/b is not a value", 0 },
	{ "macvlan-bclim", { "Dmacvlan", "obclim=1" }, -EOPNOTSUPP, "all members", 0 },
	{ "bridge-mode", { "omode=l2" }, -EINVAL, "l2 is not a value", 0 },
	{ "driver", { "Doverlay" }, -EOPNOTSUPP, "there is bridge, macvlan and ipvlan", 0 },
	{ "vlan", { "ovlan=5" }, -EOPNOTSUPP, "VLANs", 0 },
	{ "unmanaged", { "omode=unmanaged" }, -EOPNOTSUPP, "not ours", 0 },
	{ "parent", { "oparent=eth0" }, -EINVAL, "for macvlan and ipvlan", 0 },
	{ "unknown", { "ofoo=1" }, -EOPNOTSUPP, "foo=1 is not known", 0 },
	{ "isolate", { "oisolate=maybe" }, -EINVAL, "maybe is not a value", 0 },
	{ "mtu", { "omtu=67" }, -EINVAL, "67 is not a value", 0 },
	{ "mtu-6", { "omtu=1200", "6" }, -EINVAL, "mtu of 1280", 0 },
	{ "gateway-outside", { "s10.1.0.0/24", "g10.2.0.1" }, -EINVAL, "outside", 0 },
	{ "range-outside", { "s10.1.0.0/24", "r10.1.0.0/16" }, -EINVAL, "outside", 0 },
	{ "range-backwards", { "s10.1.0.0/24", "r10.1.0.9-10.1.0.8" }, -EINVAL, "outside", 0 },
	{ "other-family", { "s10.1.0.0/24", "gfd01::1" }, -EINVAL, "outside", 0 },
	{ "no-room", { "s10.1.0.0/31" }, -EINVAL, "no room", 0 },
	{ "no-subnet", { "g10.2.0.1" }, -EINVAL, "more gateways", 0 },
	{ "overlap", { "s10.1.0.0/24", "s10.1.0.0/25" }, -EINVAL, "overlaps", 0 },
	{ "bad-subnet", { "s10.1.0.0" }, -EINVAL, "one is 10.1.0.0/24", 0 },
	{ "bad-dns", { "dlocalhost" }, -EINVAL, "localhost is no address", 0 },
	{ "bad-link", { "n0123456789abcdef" }, -EINVAL, "no name of an interface", 0 },
	{ "a/b", { NULL }, -EINVAL, "no name of a network", 0 },
	{ "-a", { NULL }, -EINVAL, "no name of a network", 0 },
	{ "", { NULL }, -EINVAL, "no name of a network", 0 },
};

/* The texts of one kind. */
static net_texts pick(const char *const options[5], char kind, const char *ret[6])
{
	size_t count = 0;

	for (size_t i = 0; i < 5 && options[i]; i++)
		if (options[i][0] == kind)
			ret[count++] = options[i] + 1;
	ret[count] = NULL;
	return ret;
}

SUITE(netnetworks)
{
	const char *lists[9][6];

	for (size_t i = 0; i < ROWS(networks); i++) {
		const char *const *all = networks[i].options;
		struct net_network options = {
			.name = networks[i].name,
			.subnets = pick(all, 's', lists[0]),
			.gateways = pick(all, 'g', lists[1]),
			.ip_ranges = pick(all, 'r', lists[2]),
			.options = pick(all, 'o', lists[3]),
			.dns = pick(all, 'd', lists[4]),
			.ipam_driver = *pick(all, 'i', lists[5]),
			.interface_name = *pick(all, 'n', lists[6]),
			.driver = *pick(all, 'D', lists[7]),
			.ipv6 = *pick(all, '6', lists[8]),
		};
		struct error error = { .text = "" };
		struct arena arena = { 0 };
		struct net_config network;
		unsigned wanted = 0;

		CHECK_NUMBER(networks[i].name,
			     net_read_network(&options, &arena, &network, &wanted, &error),
			     networks[i].result);
		CHECK(networks[i].name, strstr(error.text, networks[i].told) != NULL);
		CHECK_NUMBER(networks[i].name, wanted, networks[i].wanted);
		arena_free(&arena);
	}
}

/* "n" network, "p" port, "a" alias, "i" address, "m" MAC, "h" host, "d" DNS server. */
static const struct {
	const char *name, *options[5];
	int result;
	const char *want; /* a part of the record's text, or of the error */
} members[] = {
	{ "plain", { "nweb" }, 0, "\"network\":\"web\"" },
	{ "default", { "nbridge" }, 0, "\"network\":\"podman\"" },
	{ "two", { "na,b" }, 0, "\"network\":\"b\"" },
	{ "fixed", { "nweb", "i10.1.0.5" }, 0, "\"ip\":\"10.1.0.5\"" },
	{ "within", { "nweb:ip=10.1.0.5,mac=02:00:00:00:00:01,interface_name=eth9" }, 0, "eth9" },
	{ "aliases", { "nweb:alias=x,alias=y" }, 0, "\"aliases\":[\"x\",\"y\"]" },
	{ "named", { "nweb", "az" }, 0, "\"names\":[\"z\"]" },
	{ "six", { "nweb:ip=fd01::1" }, 0, "\"ip6\":\"fd01::1\"" },
	{ "none", { NULL }, 0, "\"leases\":[]" },
	{ "fixed-two", { "na", "nb", "i10.1.0.5" }, -EINVAL, "exactly one network" },
	{ "fixed-none", { "i10.1.0.5" }, -EINVAL, "exactly one network" },
	{ "six-as-four", { "nweb", "ifd01::1" }, -EINVAL, "no address of IPv4" },
	{ "host", { "nhost" }, -EINVAL, "stands beside no other" },
	{ "twice", { "nweb", "nweb:ip=10.1.0.5" }, -EINVAL, "joined twice" },
	{ "plugin", { "nweb:bclim=1" }, -EOPNOTSUPP, "bclim= is not known" },
	{ "bad-mac", { "nweb", "m01:00:00:00:00:01" }, -EINVAL, "no MAC address" },
	{ "bad-alias", { "nweb:alias=a b" }, -EINVAL, "a b is no name" },
	{ "bad-alias", { "nweb", "aa\nb" }, -EINVAL, "is no name of a host" },
	{ "bad-interface", { "nweb:interface_name=a/b" }, -EINVAL, "no name of an interface" },
	{ "bad-network", { "n../web" }, -EINVAL, "no name of a network" },
	{ "twice-port", { "nweb", "p80:80", "p80:81" }, -EINVAL, "published twice" },
	{ "any-port", { "nweb", "p80", "p80" }, 0, "\"host_port\":0" },
	{ "port-alone", { "p80:80" }, 0, "\"ports\":[]" },
	{ "added", { "nweb", "hx;y:192.0.2.1", "hz:fd01::1", "hg:host-gateway" }, 0, "web" },
	{ "bad-host", { "nweb", "hx:y" }, -EINVAL, "want NAME" },
	{ "bad-host", { "nweb", "h:192.0.2.1" }, -EINVAL, "want NAME" },
	{ "bad-host", { "nweb", "hx;:192.0.2.1" }, -EINVAL, "want NAME" },
	{ "bad-host", { "nweb", "hx" }, -EINVAL, "want NAME" },
	{ "bad-dns", { "nweb", "dx" }, -EINVAL, "DNS server x" },
	{ "no-dns", { "nweb", "dnone" }, 0, "web" },
	{ "a b", { "nweb" }, -EINVAL, "no name of a container" },
	{ "a/../b", { "nweb" }, -EINVAL, "no name of a container" },
};

static void check_member(size_t i)
{
	const char *lists[7][6], *const *all = members[i].options;
	struct net_member options = {
		.name = members[i].name,
		.networks = pick(all, 'n', lists[0]),
		.publish = pick(all, 'p', lists[1]),
		.aliases = pick(all, 'a', lists[2]),
		.ip = *pick(all, 'i', lists[3]),
		.mac = *pick(all, 'm', lists[4]),
		.hosts = pick(all, 'h', lists[5]),
		.dns = pick(all, 'd', lists[6]),
	};
	struct error error = { .text = "" };
	struct arena arena = { 0 };
	struct net_record record;
	char *text;

	CHECK_NUMBER(members[i].name, net_read_member(&options, &arena, &record, &error),
		     members[i].result);
	if (members[i].result < 0) {
		CHECK(members[i].want, strstr(error.text, members[i].want) != NULL);
	} else {
		for (size_t l = 0; l < record.lease_count; l++) {
			record.leases[l].interface =
				record.leases[l].interface ? record.leases[l].interface : "";
			record.leases[l].link = "";
		}
		text = net_encode_record(&record);
		CHECK(members[i].want, text && strstr(text, members[i].want) != NULL);
		free(text);
	}
	arena_free(&arena);
}

SUITE(netmembers)
{
	for (size_t i = 0; i < ROWS(members); i++)
		check_member(i);
}
