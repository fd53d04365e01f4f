// SPDX-License-Identifier: Apache-2.0
#include "lib/net/netlink.h"
#include "check.h"
#include "lib/net/ruleset.h"
#include "lib/text.h"
#include <endian.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

/* What "nft --debug=mnl" 1.1.3 sends for
 *   set bridges { type ifname; }
 *   map any4 { type inet_proto . inet_service : ipv4_addr . inet_service;
 *              elements = { tcp . 80 comment "web" : 10.0.0.1 . 8080 } }
 * Of the first one the message behind its common header, but for a note of nft's at the end, of the
 * second one the list of elements. */
#define SET_BYTES                                                                                  \
	"010000000c0001006b65656c736f6e000c000200627269646765730008000300000000000800040000000029" \
	"0800050000000010"                                                                         \
	"08000a0000000001"                                                                         \
	"0a000d000004010000000000"
#define ELEMENT_BYTES \
	"34000380"    \
	"30000180"    \
	"10000180"    \
	"0c000100"    \
	"06000000"    \
	"00500000"    \
	"10000280"    \
	"0c000100"    \
	"0a000001"    \
	"1f900000"    \
	"0a000600"    \
	"00047765"    \
	"62000000"

SUITE(nftbytes)
{
	struct net_port port = { .protocol = 6, .host_port = 80, .port = 8080, .count = 1 };
	struct net_record member = {
		.name = "web", .ports = &port, .port_count = 1, .lease_count = 1
	};
	struct net_config network = { .name = "n", .bridge = "kls-n" };
	struct net_state state = {
		.networks = &network, .network_count = 1, .members = &member, .member_count = 1
	};
	struct nl_batch batch = { 0 };
	uint8_t want[128];
	size_t size = strlen(SET_BYTES) / 2;

	member.leases[0] = (struct net_lease){ .network = "n", .ip = { 4, { 10, 0, 0, 1 } } };
	net_make_ruleset(&state, &batch);
	CHECK("made", !batch.failed);
	if (__BYTE_ORDER != __LITTLE_ENDIAN) {
		free(batch.bytes);
		return;
	}
	CHECK("hex", text_to_bytes(SET_BYTES, want, size) == 0);
	CHECK("set", memmem(batch.bytes, batch.used, want, size) != NULL);
	size = strlen(ELEMENT_BYTES) / 2;
	CHECK("hex", text_to_bytes(ELEMENT_BYTES, want, size) == 0);
	CHECK("element", memmem(batch.bytes, batch.used, want, size) != NULL);
	free(batch.bytes);
}

/* Every message of a table is whole, in the order of numbers, and its attributes fill it. */
static void check_messages(const struct nl_batch *batch, size_t want)
{
	struct nl_answer answer;
	size_t at = 0, count = 0;

	while (nl_next(batch->bytes, batch->used, &at, &answer)) {
		struct nl_attribute attribute;
		size_t inner = 4;

		CHECK_NUMBER("number", answer.number, ++count);
		while (nl_next_attribute(answer.body, answer.body_bytes, &inner, &attribute))
			continue;
		CHECK_NUMBER("filled", inner, answer.body_bytes);
	}
	CHECK_NUMBER("whole", at, batch->used);
	CHECK_NUMBER("count", count, want);
}

SUITE(ruleset)
{
	struct net_port port = { .protocol = 6, .host_port = 1, .port = 1, .count = 65535 };
	struct net_config network = { .name = "web", .bridge = "kls-web" };
	struct net_record member = {
		.name = "a", .ports = &port, .port_count = 1, .lease_count = 1
	};
	struct net_state state = {
		.networks = &network, .network_count = 1, .members = &member, .member_count = 1
	};
	struct nl_batch batch = { 0 };

	member.leases[0] = (struct net_lease){ .network = "web", .ip = { 4, { 10, 89, 0, 2 } } };
	net_make_ruleset(&state, &batch);
	CHECK("ruleset", !batch.failed);
	/* begin, 3 tables, 12 sets, 6 chains, 19 rules, 3 sets of interfaces, 65535 ports by 200,
	 * end */
	check_messages(&batch, 1 + 3 + 12 + 6 + 19 + 3 + 328 + 1);
	free(batch.bytes);
	batch = (struct nl_batch){ 0 };
	net_make_no_ruleset(&batch);
	check_messages(&batch, 4);
	free(batch.bytes);
}

/* Answers that are cut, or lie about their lengths. */
SUITE(netlinkanswers)
{
	uint8_t bytes[64] = { 0 };
	struct nlmsghdr head = { .nlmsg_len = 36, .nlmsg_type = NLMSG_ERROR };
	struct nl_attribute attribute;
	struct nl_answer answer;
	const char *text;
	size_t at = 0;
	int32_t code = -ENOENT;

	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), &code, sizeof(code));
	CHECK("whole", nl_next(bytes, 36, &at, &answer) && answer.body_bytes == 20);
	CHECK_NUMBER("code", nl_error(&answer, &text), -ENOENT);
	for (size_t size = 0; size < 36; size++) {
		at = 0;
		CHECK("cut", !nl_next(bytes, size, &at, &answer));
	}
	head.nlmsg_len = 15;
	memcpy(bytes, &head, sizeof(head));
	at = 0;
	CHECK("too short", !nl_next(bytes, 64, &at, &answer));
	head.nlmsg_len = 20;
	memcpy(bytes, &head, sizeof(head));
	CHECK("short error",
	      nl_next(bytes, 64, &at, &answer) && nl_error(&answer, &text) == -EBADMSG);
	at = 0;
	bytes[0] = 3;
	CHECK("attribute of 3", !nl_next_attribute(bytes, 64, &at, &attribute));
	bytes[0] = 65;
	CHECK("longer than all", !nl_next_attribute(bytes, 64, &at, &attribute));
	bytes[0] = 5;
	CHECK("without padding", nl_next_attribute(bytes, 5, &at, &attribute) && at == 8);
	CHECK("behind the end", !nl_next_attribute(bytes, 5, &at, &attribute));
	bytes[4] = 'x';
	at = 0;
	CHECK("no terminator",
	      nl_next_attribute(bytes, 5, &at, &attribute) && !nl_text(&attribute));
}

SUITE(netlinklimits)
{
	static uint8_t much[65536];
	struct nl_batch batch = { 0 };
	size_t nest;

	nl_message(&batch, 16, 0, NULL, 0);
	nl_put(&batch, 1, much, 65531);
	CHECK("the longest", !batch.failed);
	nl_put(&batch, 1, much, 65532);
	CHECK("one more", batch.failed);
	free(batch.bytes);
	batch = (struct nl_batch){ 0 };
	nl_message(&batch, 16, 0, NULL, 0);
	nest = nl_nest(&batch, 1);
	nl_put(&batch, 1, much, 40000);
	nl_put(&batch, 1, much, 40000);
	nl_nest_end(&batch, nest);
	CHECK("nested", batch.failed);
	free(batch.bytes);
}
