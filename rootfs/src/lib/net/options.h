// SPDX-License-Identifier: Apache-2.0
/*
 * What people ask for, as texts in the form of podman's options, made into the model. Lists end
 * with NULL; a NULL list is an empty one, a NULL text a value that was not given. Errors: -EINVAL
 * for what can't be, -EOPNOTSUPP for what is not done here, with the reason.
 */
#pragma once
#include "lib/net/model.h"

typedef const char *const *net_texts;

/* Options of the verb "network". Gateways and ranges belong to the subnet at the same place. */
struct net_network {
	const char *name;
	const char *driver;         /* "bridge", "macvlan", "ipvlan"; any other is refused */
	const char *interface_name; /* of the bridge, else kls-NAME, shortened where it does not
				       fit; of macvlan and ipvlan the host's */
	const char *ipam_driver;    /* "host-local" or "none" */
	bool internal, ipv6, disable_dns;
	net_texts subnets, gateways,
		ip_ranges; /* "10.1.0.0/24", "10.1.0.1", "10.1.0.0/28" or A-B */
	net_texts dns;     /* servers that members ask */
	net_texts options; /* "mtu=1400", "isolate=true" … */
	net_texts labels;
};

/* A container, or a pod for all of its containers. */
struct net_member {
	const char *name;     /* as it is known to all verbs; also a name in its networks */
	const char *hostname; /* NULL: name */
	const char *netns;    /* path of its network namespace */
	net_texts networks; /* --network: "NAME", "NAME:ip=…,ip6=…,mac=…,alias=…,interface_name=…",
			       "bridge" for the default one; host, none, container: and ns: are the
			       caller's */
	net_texts aliases;  /* --network-alias */
	const char *ip, *ip6, *mac; /* --ip, --ip6, --mac-address: with one network only */
	net_texts publish; /* --publish: "[[ADDRESS:][PORT]:]PORT[/PROTOCOL]", ranges; of no
			      effect without networks, as in the reference */
	net_texts hosts;   /* --add-host: "NAME[;NAME…]:ADDRESS" or ":host-gateway" */
	net_texts dns, dns_search, dns_options; /* of dns "none": no resolv.conf is made */
	const char *hosts_file; /* is written, and again in place (the inode stays) whenever members
				   of its networks come and go; NULL: none (--no-hosts) */
	const char *hosts_base; /* a text that the file begins with, or NULL */
};

/* A network as far as the options say. What they leave open: bridge is NULL, the mac zeros, and
 * subnets of wanted families (bit 0: IPv4, bit 1: IPv6) are to be found. */
int net_read_network(const struct net_network *options, struct arena *arena, struct net_config *ret,
		     unsigned *ret_wanted, struct error *error);

/* A member as far as the options say; leases have no addresses, interfaces and macs but those that
 * were asked for, a host_port of 0 is to be found. */
int net_read_member(const struct net_member *options, struct arena *arena, struct net_record *ret,
		    struct error *error);

/* One driver option, "KEY=VALUE". */
int net_apply_option(const char *option, struct net_config *network, struct error *error);

/* Gateway and range are in the subnet, which has room for a member. */
bool net_subnet_is_right(const struct net_subnet *subnet);

int net_protocol_parse(const char *text, uint8_t *ret);

/* What may stand as a name in /etc/hosts. */
bool net_is_host(const char *text);

/* One --publish. */
int net_publish_parse(const char *text, struct net_port *ret, struct error *error);

/* Whether two ranges take a port of the same address from each other. */
bool net_ports_clash(const struct net_port *a, const struct net_port *b);

/* One --add-host: names with blanks between, and the address; family 0 is host-gateway. */
int net_add_host_parse(const char *text, struct arena *arena, const char **ret_names,
		       struct net_ip *ret, struct error *error);
