// SPDX-License-Identifier: Apache-2.0
/* Networks and their members as the files keep them. All texts lie in an arena. */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/net/address.h"
#include "lib/words.h"
#include <stdbool.h>

#define NET_NAME_MAX 128        /* characters of a network's or member's name */
#define NET_SUBNETS_MAX 8       /* of a network */
#define NET_LEASES_MAX 16       /* networks of a member */
#define NET_PORTS_MAX 4096      /* ranges that a member publishes */
#define NET_LINK_BYTES 16       /* an interface's name, with its terminator */
#define NET_STATE_MAX (4 << 20) /* bytes of a file */
#define NET_DEFAULT "podman"    /* the network that is made on first use */

/* A name is letters, digits, "_", "." and "-", and starts with a letter or digit. */
bool net_is_name(const char *name);

/* What the kernel takes for an interface, and we for one without surprises. */
bool net_is_link(const char *name);

struct net_subnet {
	struct net_prefix prefix;
	struct net_ip gateway;
	struct net_ip first, last; /* what leases are taken from; family 0: all of it */
};

enum net_isolation { NET_OPEN, NET_ISOLATED, NET_STRICT };

/* Of the latter two members are on the network of an interface of the host, beside the host. */
enum net_driver { NET_BRIDGE, NET_MACVLAN, NET_IPVLAN };

struct net_config {
	const char *name;
	enum net_driver driver;
	const char *bridge; /* NET_BRIDGE: its interface */
	uint8_t mac[6];     /* the bridge's; else it changes with its members */
	const char *parent; /* else: the host's interface; NULL: that of the default route */
	const char *mode;   /* NULL: the driver's usual one */
	bool internal, names, no_addresses, no_default_route;
	enum net_isolation isolation;
	uint32_t mtu, metric; /* 0: the kernel's */
	struct net_subnet subnets[NET_SUBNETS_MAX];
	size_t subnet_count;
	struct words dns, labels;
};

struct net_lease {
	const char *network;
	const char *interface; /* within the member's namespace */
	const char *link;      /* the other end, in the bridge; NULL: there is none */
	struct net_ip ip, ip6; /* family 0: none */
	uint8_t mac[6];
	struct words aliases;
};

/* A range of ports: count of them from host_port on go to those from port on. */
struct net_port {
	uint8_t protocol;   /* IPPROTO_ */
	struct net_ip host; /* family 0: every address of both families */
	uint16_t host_port, port, count;
};

struct net_record {
	const char *name, *hostname;
	uint32_t space;         /* its namespace (netns_number) */
	const char *hosts_file; /* NULL: none */
	struct words names;     /* further ones, in all of its networks */
	struct net_lease leases[NET_LEASES_MAX];
	size_t lease_count;
	struct net_port *ports;
	size_t port_count;
};

/* All of it, in the order of names. */
struct net_state {
	struct arena arena;
	struct net_config *networks;
	size_t network_count;
	struct net_record *members;
	size_t member_count;
};

const struct net_config *net_find_network(const struct net_state *state, const char *name);
const struct net_record *net_find_member(const struct net_state *state, const char *name);
const struct net_lease *net_find_lease(const struct net_record *member, const char *network);
const char *net_protocol_name(uint8_t protocol);

const char *net_driver_name(enum net_driver driver);
int net_driver_parse(const char *text, enum net_driver *ret);

/* The kernel's number of a driver's mode; NULL: its usual one. -EINVAL: there is none such. */
int net_mode_parse(enum net_driver driver, const char *text, unsigned *ret);

/* The first subnet of a family, or NULL. */
const struct net_subnet *net_subnet_of(const struct net_config *network, uint8_t family);

/* The files' texts, for the caller to free; NULL when there is no memory. */
char *net_encode_network(const struct net_config *network);
char *net_encode_record(const struct net_record *record);

/* Checks everything that the rest relies on. -EBADMSG with the reason; -ENOMEM. */
int net_decode_network(const char *text, size_t size, struct arena *arena, struct net_config *ret,
		       struct error *error);
int net_decode_record(const char *text, size_t size, struct arena *arena, struct net_record *ret,
		      struct error *error);
