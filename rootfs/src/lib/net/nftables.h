// SPDX-License-Identifier: Apache-2.0
/*
 * Pieces of nftables' requests (Linux, include/uapi/linux/netfilter/nf_tables.h) in the family
 * "inet", as far as the table of lib/net/ruleset.c needs them. Registers are those of four bytes,
 * counted from 0. An expression is put between nft_rule and nft_rule_end.
 */
#pragma once
#include "lib/net/netlink.h"

struct nft_rule {
	size_t list; /* the attribute that holds the expressions */
};

/* A request with its header; the type without the subsystem. */
void nft_message(struct nl_batch *out, uint16_t type, uint16_t flags);

/* What stands around all requests of one transaction. */
void nft_begin(struct nl_batch *out);
void nft_end(struct nl_batch *out);

/* Types of values, which nft shows by them; of several behind each other, six bits each. */
enum nft_datatype {
	NFT_IPV4 = 7,
	NFT_IPV6 = 8,
	NFT_PROTOCOL = 12,
	NFT_PORT = 13,
	NFT_IFNAME = 41,
};
#define NFT_PAIR(a, b) ((uint32_t)(a) << 6 | (b))
#define NFT_TRIPLE(a, b, c) (NFT_PAIR(a, b) << 6 | (c))

struct nft_set {
	const char *name;
	uint32_t key_type, key_bytes;
	uint32_t data_type, data_bytes; /* 0: no map */
	bool ranges;                    /* elements are ends of ranges */
};

void nft_put_set(struct nl_batch *out, const char *table, const struct nft_set *set, uint32_t id);

struct nft_chain {
	const char *name;
	const char *type; /* "nat" or "filter"; NULL: a chain that others jump to */
	uint32_t hook;
	int32_t priority;
};

void nft_put_chain(struct nl_batch *out, const char *table, const struct nft_chain *chain);

void nft_rule(struct nl_batch *out, const char *table, const char *chain, struct nft_rule *ret);
void nft_rule_end(struct nl_batch *out, struct nft_rule *rule);

void nft_meta(struct nl_batch *out, uint32_t key, uint32_t reg);
void nft_payload(struct nl_batch *out, uint32_t base, uint32_t offset, uint32_t bytes,
		 uint32_t reg);
void nft_equals(struct nl_batch *out, uint32_t reg, const void *value, size_t bytes);

/* The kind of the packet's destination, as seen from here, is RTN_LOCAL. */
void nft_for_us(struct nl_batch *out, uint32_t reg);

/* The connection's destination was changed. */
void nft_redirected(struct nl_batch *out, uint32_t reg);

enum nft_lookup { NFT_IN, NFT_NOT_IN, NFT_MAPPED }; /* mapped: to registers from 0 on */
void nft_lookup(struct nl_batch *out, const char *set, uint32_t reg, enum nft_lookup how);

/* New destination: the address from register 0, the port from port_reg. */
void nft_redirect(struct nl_batch *out, uint32_t family, uint32_t port_reg);
void nft_masquerade(struct nl_batch *out);

/* chain: where NFT_JUMP goes, else NULL. */
void nft_verdict(struct nl_batch *out, int32_t verdict, const char *chain);
