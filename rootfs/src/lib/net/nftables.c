// SPDX-License-Identifier: Apache-2.0
/* See nftables.h. All numbers are in network order. */
#include "lib/net/nftables.h"
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define REGISTER(reg) (NFT_REG32_00 + (reg))
#define TLV_BYTE_ORDER 0 /* libnftnl's numbers of what nft keeps for itself about a set */
#define ORDER_OF_HOST 1

static void put_header(struct nl_batch *out, uint16_t type, uint16_t flags, uint8_t family,
		       uint16_t subsystem)
{
	struct nfgenmsg header = { .nfgen_family = family,
				   .version = NFNETLINK_V0,
				   .res_id = htons(subsystem) };

	nl_message(out, type, flags, &header, sizeof(header));
}

void nft_message(struct nl_batch *out, uint16_t type, uint16_t flags)
{
	put_header(out, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, NFPROTO_INET, 0);
}

void nft_begin(struct nl_batch *out)
{
	put_header(out, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

void nft_end(struct nl_batch *out)
{
	put_header(out, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	nl_finish(out);
}

/* Interfaces' names are not numbers in network order, which nft wants to know. */
static void put_byte_order(struct nl_batch *out)
{
	uint32_t order = ORDER_OF_HOST;
	uint8_t note[6] = { TLV_BYTE_ORDER, sizeof(order) };

	memcpy(note + 2, &order, sizeof(order));
	nl_put(out, NFTA_SET_USERDATA, note, sizeof(note));
}

void nft_put_set(struct nl_batch *out, const char *table, const struct nft_set *set, uint32_t id)
{
	nft_message(out, NFT_MSG_NEWSET, NLM_F_CREATE);
	nl_put_text(out, NFTA_SET_TABLE, table);
	nl_put_text(out, NFTA_SET_NAME, set->name);
	nl_put_be32(out, NFTA_SET_FLAGS,
		    (set->data_type ? NFT_SET_MAP : 0) | (set->ranges ? NFT_SET_INTERVAL : 0));
	nl_put_be32(out, NFTA_SET_KEY_TYPE, set->key_type);
	nl_put_be32(out, NFTA_SET_KEY_LEN, set->key_bytes);
	if (set->data_type) {
		nl_put_be32(out, NFTA_SET_DATA_TYPE, set->data_type);
		nl_put_be32(out, NFTA_SET_DATA_LEN, set->data_bytes);
	}
	nl_put_be32(out, NFTA_SET_ID, id);
	if (set->key_type == NFT_IFNAME)
		put_byte_order(out);
}

void nft_put_chain(struct nl_batch *out, const char *table, const struct nft_chain *chain)
{
	size_t hook;

	nft_message(out, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	nl_put_text(out, NFTA_CHAIN_TABLE, table);
	nl_put_text(out, NFTA_CHAIN_NAME, chain->name);
	if (!chain->type)
		return;
	nl_put_text(out, NFTA_CHAIN_TYPE, chain->type);
	hook = nl_nest(out, NFTA_CHAIN_HOOK);
	nl_put_be32(out, NFTA_HOOK_HOOKNUM, chain->hook);
	nl_put_be32(out, NFTA_HOOK_PRIORITY, (uint32_t)chain->priority);
	nl_nest_end(out, hook);
}

void nft_rule(struct nl_batch *out, const char *table, const char *chain, struct nft_rule *ret)
{
	nft_message(out, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nl_put_text(out, NFTA_RULE_TABLE, table);
	nl_put_text(out, NFTA_RULE_CHAIN, chain);
	ret->list = nl_nest(out, NFTA_RULE_EXPRESSIONS);
}

void nft_rule_end(struct nl_batch *out, struct nft_rule *rule)
{
	nl_nest_end(out, rule->list);
}

/* An expression of a kind, whose own attributes go between. */
struct expression {
	size_t element, data;
};

static struct expression start(struct nl_batch *out, const char *kind)
{
	struct expression expression = { .element = nl_nest(out, NFTA_LIST_ELEM) };

	nl_put_text(out, NFTA_EXPR_NAME, kind);
	expression.data = nl_nest(out, NFTA_EXPR_DATA);
	return expression;
}

static void end(struct nl_batch *out, struct expression expression)
{
	nl_nest_end(out, expression.data);
	nl_nest_end(out, expression.element);
}

static void put_value(struct nl_batch *out, uint16_t type, const void *value, size_t bytes)
{
	size_t nest = nl_nest(out, type);

	nl_put(out, NFTA_DATA_VALUE, value, bytes);
	nl_nest_end(out, nest);
}

void nft_meta(struct nl_batch *out, uint32_t key, uint32_t reg)
{
	struct expression meta = start(out, "meta");

	nl_put_be32(out, NFTA_META_DREG, REGISTER(reg));
	nl_put_be32(out, NFTA_META_KEY, key);
	end(out, meta);
}

void nft_payload(struct nl_batch *out, uint32_t base, uint32_t offset, uint32_t bytes, uint32_t reg)
{
	struct expression payload = start(out, "payload");

	nl_put_be32(out, NFTA_PAYLOAD_DREG, REGISTER(reg));
	nl_put_be32(out, NFTA_PAYLOAD_BASE, base);
	nl_put_be32(out, NFTA_PAYLOAD_OFFSET, offset);
	nl_put_be32(out, NFTA_PAYLOAD_LEN, bytes);
	end(out, payload);
}

static void compare(struct nl_batch *out, uint32_t how, uint32_t reg, const void *value,
		    size_t bytes)
{
	struct expression cmp = start(out, "cmp");

	nl_put_be32(out, NFTA_CMP_SREG, REGISTER(reg));
	nl_put_be32(out, NFTA_CMP_OP, how);
	put_value(out, NFTA_CMP_DATA, value, bytes);
	end(out, cmp);
}

void nft_equals(struct nl_batch *out, uint32_t reg, const void *value, size_t bytes)
{
	compare(out, NFT_CMP_EQ, reg, value, bytes);
}

void nft_for_us(struct nl_batch *out, uint32_t reg)
{
	struct expression fib = start(out, "fib");
	uint32_t local = RTN_LOCAL;

	nl_put_be32(out, NFTA_FIB_DREG, REGISTER(reg));
	nl_put_be32(out, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
	nl_put_be32(out, NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
	end(out, fib);
	nft_equals(out, reg, &local, sizeof(local));
}

void nft_redirected(struct nl_batch *out, uint32_t reg)
{
	struct expression ct = start(out, "ct"), bitwise;
	uint32_t mask = IPS_DST_NAT, zero = 0;

	nl_put_be32(out, NFTA_CT_DREG, REGISTER(reg));
	nl_put_be32(out, NFTA_CT_KEY, NFT_CT_STATUS);
	end(out, ct);
	bitwise = start(out, "bitwise");
	nl_put_be32(out, NFTA_BITWISE_SREG, REGISTER(reg));
	nl_put_be32(out, NFTA_BITWISE_DREG, REGISTER(reg));
	nl_put_be32(out, NFTA_BITWISE_LEN, sizeof(mask));
	put_value(out, NFTA_BITWISE_MASK, &mask, sizeof(mask));
	put_value(out, NFTA_BITWISE_XOR, &zero, sizeof(zero));
	end(out, bitwise);
	compare(out, NFT_CMP_NEQ, reg, &zero, sizeof(zero));
}

void nft_lookup(struct nl_batch *out, const char *set, uint32_t reg, enum nft_lookup how)
{
	struct expression lookup = start(out, "lookup");

	nl_put_text(out, NFTA_LOOKUP_SET, set);
	nl_put_be32(out, NFTA_LOOKUP_SREG, REGISTER(reg));
	if (how == NFT_MAPPED)
		nl_put_be32(out, NFTA_LOOKUP_DREG, REGISTER(0));
	if (how == NFT_NOT_IN)
		nl_put_be32(out, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
	end(out, lookup);
}

void nft_redirect(struct nl_batch *out, uint32_t family, uint32_t port_reg)
{
	struct expression nat = start(out, "nat");

	nl_put_be32(out, NFTA_NAT_TYPE, NFT_NAT_DNAT);
	nl_put_be32(out, NFTA_NAT_FAMILY, family);
	nl_put_be32(out, NFTA_NAT_REG_ADDR_MIN, REGISTER(0));
	nl_put_be32(out, NFTA_NAT_REG_PROTO_MIN, REGISTER(port_reg));
	end(out, nat);
}

void nft_masquerade(struct nl_batch *out)
{
	end(out, start(out, "masq"));
}

void nft_verdict(struct nl_batch *out, int32_t verdict, const char *chain)
{
	struct expression immediate = start(out, "immediate");
	size_t data, nest;

	nl_put_be32(out, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = nl_nest(out, NFTA_IMMEDIATE_DATA);
	nest = nl_nest(out, NFTA_DATA_VERDICT);
	nl_put_be32(out, NFTA_VERDICT_CODE, (uint32_t)verdict);
	if (chain)
		nl_put_text(out, NFTA_VERDICT_CHAIN, chain);
	nl_nest_end(out, nest);
	nl_nest_end(out, data);
	end(out, immediate);
}
