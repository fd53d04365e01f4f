// SPDX-License-Identifier: Apache-2.0
/* See conntrack.h. */
#include "lib/net/conntrack.h"
#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

/* The first attribute of a type within another one. */
static bool find(const struct nl_attribute *within, uint16_t type, struct nl_attribute *ret)
{
	size_t at = 0;

	while (nl_next_attribute(within->value, within->bytes, &at, ret))
		if (ret->type == type)
			return true;
	return false;
}

static bool read_address(const struct nl_attribute *tuple, struct net_ip *ret)
{
	struct nl_attribute ip, value;

	if (!find(tuple, CTA_TUPLE_IP, &ip))
		return false;
	if (find(&ip, CTA_IP_V4_DST, &value) && value.bytes == 4)
		ret->family = 4;
	else if (find(&ip, CTA_IP_V6_DST, &value) && value.bytes == 16)
		ret->family = 6;
	else
		return false;
	memcpy(ret->bytes, value.value, value.bytes);
	return true;
}

static bool read_port(const struct nl_attribute *tuple, struct conntrack_flow *ret)
{
	struct nl_attribute protocol, value;

	if (!find(tuple, CTA_TUPLE_PROTO, &protocol) || !find(&protocol, CTA_PROTO_NUM, &value) ||
	    value.bytes != 1)
		return false;
	ret->protocol = value.value[0];
	if (!find(&protocol, CTA_PROTO_DST_PORT, &value) || value.bytes != 2)
		return false;
	ret->port = (uint16_t)(value.value[0] << 8 | value.value[1]);
	return true;
}

bool conntrack_read(const struct nl_answer *answer, struct conntrack_flow *ret)
{
	struct conntrack_flow flow = { 0 };
	struct nl_attribute all, status;

	if (answer->body_bytes < sizeof(struct nfgenmsg))
		return false;
	flow.family = answer->body[0];
	all = (struct nl_attribute){ .value = answer->body + sizeof(struct nfgenmsg),
				     .bytes = answer->body_bytes - sizeof(struct nfgenmsg) };
	if (!find(&all, CTA_TUPLE_ORIG, &flow.tuple) ||
	    !read_address(&flow.tuple, &flow.destination) || !read_port(&flow.tuple, &flow))
		return false;
	flow.redirected =
		find(&all, CTA_STATUS, &status) && (ntohl(nl_u32(&status)) & IPS_DST_NAT) != 0;
	*ret = flow;
	return true;
}

static void put(struct nl_batch *out, uint16_t type, uint16_t flags, uint8_t family)
{
	struct nfgenmsg header = { .nfgen_family = family, .version = NFNETLINK_V0 };

	nl_message(out, (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type), flags, &header,
		   sizeof(header));
}

void conntrack_put_list(struct nl_batch *out)
{
	put(out, IPCTNL_MSG_CT_GET, NLM_F_DUMP, AF_UNSPEC);
}

void conntrack_put_forget(struct nl_batch *out, const struct conntrack_flow *flow)
{
	put(out, IPCTNL_MSG_CT_DELETE, NLM_F_ACK, flow->family);
	nl_put(out, CTA_TUPLE_ORIG | NLA_F_NESTED, flow->tuple.value, flow->tuple.bytes);
}
