// SPDX-License-Identifier: Apache-2.0
/* See netlink.h. Must never read behind what it was given: answers are taken as hostile. */
#include "lib/net/netlink.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNED(bytes) (((bytes) + 3) & ~(size_t)3)

/* Zeroed room at the end, aligned; NULL when there is none. */
static uint8_t *grow(struct nl_batch *batch, size_t bytes)
{
	size_t needed = batch->used + ALIGNED(bytes), room = batch->room;
	uint8_t *at;

	if (!batch->failed && needed > room) {
		room = needed * 2 + 1024;
		at = realloc(batch->bytes, room);
		batch->failed = !at;
		if (at) {
			batch->bytes = at;
			batch->room = room;
		}
	}
	if (batch->failed)
		return NULL;
	at = memset(batch->bytes + batch->used, 0, ALIGNED(bytes));
	batch->used = needed;
	return at;
}

void nl_finish(struct nl_batch *batch)
{
	uint32_t length = (uint32_t)(batch->used - batch->message);

	if (!batch->failed && length > 0)
		memcpy(batch->bytes + batch->message, &length, sizeof(length));
	batch->message = batch->used;
}

void nl_message(struct nl_batch *batch, uint16_t type, uint16_t flags, const void *header,
		size_t header_bytes)
{
	struct nlmsghdr common = { .nlmsg_type = type, .nlmsg_flags = flags | NLM_F_REQUEST };
	uint8_t *at;

	nl_finish(batch);
	common.nlmsg_seq = ++batch->number;
	at = grow(batch, sizeof(common) + header_bytes);
	if (!at)
		return;
	memcpy(at, &common, sizeof(common));
	if (header_bytes > 0)
		memcpy(at + sizeof(common), header, header_bytes);
}

void nl_append(struct nl_batch *batch, const void *bytes, size_t count)
{
	uint8_t *at = grow(batch, count);

	if (at && count > 0)
		memcpy(at, bytes, count);
}

void nl_put(struct nl_batch *batch, uint16_t type, const void *value, size_t bytes)
{
	struct nlattr head = { .nla_type = type };

	if (bytes > UINT16_MAX - sizeof(head)) {
		batch->failed = true;
		return;
	}
	head.nla_len = (uint16_t)(sizeof(head) + bytes);
	nl_append(batch, &head, sizeof(head));
	nl_append(batch, value, bytes);
}

void nl_put_text(struct nl_batch *batch, uint16_t type, const char *text)
{
	nl_put(batch, type, text, strlen(text) + 1);
}

void nl_put_u8(struct nl_batch *batch, uint16_t type, uint8_t value)
{
	nl_put(batch, type, &value, sizeof(value));
}

void nl_put_u32(struct nl_batch *batch, uint16_t type, uint32_t value)
{
	nl_put(batch, type, &value, sizeof(value));
}

void nl_put_be32(struct nl_batch *batch, uint16_t type, uint32_t value)
{
	nl_put_u32(batch, type, htonl(value));
}

size_t nl_nest(struct nl_batch *batch, uint16_t type)
{
	size_t nest = batch->used;

	nl_put(batch, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void nl_nest_end(struct nl_batch *batch, size_t nest)
{
	size_t bytes = batch->used - nest;
	uint16_t length = (uint16_t)bytes;

	if (bytes > UINT16_MAX)
		batch->failed = true;
	if (!batch->failed)
		memcpy(batch->bytes + nest, &length, sizeof(length));
}

bool nl_next(const uint8_t *bytes, size_t size, size_t *at, struct nl_answer *ret)
{
	struct nlmsghdr head;

	if (*at > size || size - *at < sizeof(head))
		return false;
	memcpy(&head, bytes + *at, sizeof(head));
	if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > size - *at)
		return false;
	*ret = (struct nl_answer){ .type = head.nlmsg_type,
				   .flags = head.nlmsg_flags,
				   .number = head.nlmsg_seq,
				   .body = bytes + *at + sizeof(head),
				   .body_bytes = head.nlmsg_len - sizeof(head) };
	*at += ALIGNED((size_t)head.nlmsg_len);
	return true;
}

bool nl_next_attribute(const uint8_t *bytes, size_t size, size_t *at, struct nl_attribute *ret)
{
	struct nlattr head;

	if (*at > size || size - *at < sizeof(head))
		return false;
	memcpy(&head, bytes + *at, sizeof(head));
	if (head.nla_len < sizeof(head) || head.nla_len > size - *at)
		return false;
	*ret = (struct nl_attribute){ .type = head.nla_type & NLA_TYPE_MASK,
				      .value = bytes + *at + sizeof(head),
				      .bytes = head.nla_len - sizeof(head) };
	*at += ALIGNED((size_t)head.nla_len);
	return true;
}

uint32_t nl_u32(const struct nl_attribute *attribute)
{
	uint32_t value = 0;

	if (attribute->bytes == sizeof(value))
		memcpy(&value, attribute->value, sizeof(value));
	return value;
}

const char *nl_text(const struct nl_attribute *attribute)
{
	return memchr(attribute->value, '\0', attribute->bytes) ? (const char *)attribute->value
								: NULL;
}

int nl_error(const struct nl_answer *answer, const char **ret_text)
{
	size_t at = sizeof(struct nlmsgerr);
	struct nl_attribute attribute;
	int32_t code;

	*ret_text = "";
	if (answer->body_bytes < sizeof(struct nlmsgerr))
		return -EBADMSG;
	memcpy(&code, answer->body, sizeof(code));
	while ((answer->flags & NLM_F_ACK_TLVS) != 0 &&
	       nl_next_attribute(answer->body, answer->body_bytes, &at, &attribute))
		if (attribute.type == NLMSGERR_ATTR_MSG && nl_text(&attribute))
			*ret_text = nl_text(&attribute);
	return code > 0 ? -EBADMSG : code;
}
