// SPDX-License-Identifier: Apache-2.0
/* IP addresses of either family and subnets of them, as values. */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_IP_TEXT INET6_ADDRSTRLEN
#define NET_SUBNET_TEXT (INET6_ADDRSTRLEN + 4)
#define NET_MAC_TEXT 18

/* family: 0 for none (all zeros), 4 or 6. Bytes behind those of the family are 0. */
struct net_ip {
	uint8_t family;
	uint8_t bytes[16];
};

/* base has no bits set behind the prefix. */
struct net_prefix {
	struct net_ip base;
	uint8_t length;
};

/* The whole text is an address. Returns 0 or -EINVAL; no zones ("%eth0"). */
int net_ip_parse(const char *text, struct net_ip *ret);
const char *net_ip_text(const struct net_ip *ip, char ret[NET_IP_TEXT]);

/* "ADDRESS/LENGTH" with the address of the network itself. -EINVAL. */
int net_prefix_parse(const char *text, struct net_prefix *ret);
const char *net_prefix_text(const struct net_prefix *prefix, char ret[NET_SUBNET_TEXT]);

/* The order of numbers; families are not mixed (4 comes before 6). */
int net_ip_compare(const struct net_ip *a, const struct net_ip *b);
bool net_ip_is_any(const struct net_ip *ip);
bool net_ip_is_loopback(const struct net_ip *ip);
uint8_t net_ip_bits(const struct net_ip *ip);

/* The address that many behind; what is above the last one starts again at the first. */
struct net_ip net_ip_add(const struct net_ip *ip, uint64_t count);

/* b - a, UINT64_MAX if it is more than that; b is not below a. */
uint64_t net_ip_distance(const struct net_ip *a, const struct net_ip *b);

bool net_prefix_has(const struct net_prefix *prefix, const struct net_ip *ip);
bool net_prefix_overlaps(const struct net_prefix *a, const struct net_prefix *b);

/* The last address of it, which for IPv4 is for broadcasts. */
struct net_ip net_prefix_last(const struct net_prefix *prefix);

/* Six pairs of hex digits with colons; of a single machine, not of a group. -EINVAL. */
int net_mac_parse(const char *text, uint8_t ret[6]);
const char *net_mac_text(const uint8_t mac[6], char ret[NET_MAC_TEXT]);
