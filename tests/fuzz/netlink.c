// SPDX-License-Identifier: Apache-2.0
/* What the kernel answers: attributes lie within their message, to any depth. */
#include "lib/net/netlink.h"
#include "lib/net/conntrack.h"
#include <linux/netlink.h>
#include <string.h>

static void walk(const uint8_t *bytes, size_t size, int depth)
{
	struct nl_attribute attribute;
	size_t at = 0;

	while (nl_next_attribute(bytes, size, &at, &attribute)) {
		if (attribute.value < bytes || attribute.value + attribute.bytes > bytes + size ||
		    (nl_text(&attribute) && strlen(nl_text(&attribute)) >= attribute.bytes))
			__builtin_trap();
		if (depth > 0)
			walk(attribute.value, attribute.bytes, depth - 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct nl_answer answer;
	const char *text;
	size_t at = 0;

	while (nl_next(bytes, size, &at, &answer)) {
		walk(answer.body, answer.body_bytes, 4);
		struct conntrack_flow flow;

		if (conntrack_read(&answer, &flow) &&
		    (flow.tuple.value < answer.body ||
		     flow.tuple.value + flow.tuple.bytes > answer.body + answer.body_bytes))
			__builtin_trap();
		if (answer.type == NLMSG_ERROR && nl_error(&answer, &text) > 0)
			__builtin_trap();
	}
	return 0;
}
