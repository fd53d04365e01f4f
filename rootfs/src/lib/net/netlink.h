// SPDX-License-Identifier: Apache-2.0
/* Messages of netlink (Linux, include/uapi/linux/netlink.h) put together and taken apart in memory.
 * All integers are in the machine's byte order unless a function says otherwise. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts as all zeros: messages one behind the other. */
struct nl_batch {
	uint8_t *bytes; /* the one who made it frees it */
	size_t used, room;
	size_t message;  /* where the open message starts */
	uint32_t number; /* of messages, and of the last one its sequence number */
	bool failed;     /* no memory, or an attribute over 65535 bytes */
};

/* Opens a message, whose number is one above that of the one before, with the family's own header
 * behind the common one. Ends the one that was open. */
void nl_message(struct nl_batch *batch, uint16_t type, uint16_t flags, const void *header,
		size_t header_bytes);

/* Ends the last message. */
void nl_finish(struct nl_batch *batch);

void nl_put(struct nl_batch *batch, uint16_t type, const void *value, size_t bytes);
void nl_put_text(struct nl_batch *batch, uint16_t type, const char *text);
void nl_put_u8(struct nl_batch *batch, uint16_t type, uint8_t value);
void nl_put_u32(struct nl_batch *batch, uint16_t type, uint32_t value);

/* In network order, as nftables has all of its numbers. */
void nl_put_be32(struct nl_batch *batch, uint16_t type, uint32_t value);

/* Attributes within an attribute; what nl_nest returns goes to nl_nest_end. */
size_t nl_nest(struct nl_batch *batch, uint16_t type);
void nl_nest_end(struct nl_batch *batch, size_t nest);

/* What is within an attribute that has the form of its family: bytes alone. */
void nl_append(struct nl_batch *batch, const void *bytes, size_t count);

/* One message of an answer. */
struct nl_answer {
	uint16_t type, flags;
	uint32_t number;
	const uint8_t *body;
	size_t body_bytes;
};

/* Takes the message at *at and moves behind it. False at the end and for what is no whole one. */
bool nl_next(const uint8_t *bytes, size_t size, size_t *at, struct nl_answer *ret);

struct nl_attribute {
	uint16_t type; /* without flags */
	const uint8_t *value;
	size_t bytes;
};

/* The same for attributes, from a multiple of four on. */
bool nl_next_attribute(const uint8_t *bytes, size_t size, size_t *at, struct nl_attribute *ret);

/* A value of four bytes, or 0. */
uint32_t nl_u32(const struct nl_attribute *attribute);

/* A text with its terminator, or NULL if it has none. */
const char *nl_text(const struct nl_attribute *attribute);

/* What an answer of type NLMSG_ERROR says: 0 or a negative errno, and the kernel's own words about
 * it or "" (options NETLINK_CAP_ACK and NETLINK_EXT_ACK are set). */
int nl_error(const struct nl_answer *answer, const char **ret_text);
