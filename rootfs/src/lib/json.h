// SPDX-License-Identifier: Apache-2.0
/*
 * JSON (RFC 8259) as a flat list of nodes that know where they stand in the text. What is accepted,
 * the texts of complaints and their offsets are those of Go's encoding/json, since the reference
 * implementation of Ignition uses that: invalid UTF-8 within strings is accepted (and read as
 * U+FFFD), names may repeat, nothing but one value may stand in the text.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 10000
#define JSON_BYTES_MAX (UINT32_C(1) << 30)

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* Offsets are bytes in the text; [start, end) is the whole value, [key_start, key_end) the name of
 * a member with its quotes. A child stands behind its parent in the list of nodes. */
struct json_node {
	uint32_t start, end;
	uint32_t key_start, key_end;
	uint32_t parent;
	uint32_t next;  /* the next child of the same parent; 0: this is the last one */
	uint32_t count; /* of children */
	enum json_type type;
};

/* nodes[0] is the whole text's value. The text is the caller's and has to outlive this. */
struct json {
	const char *text;
	uint32_t size;
	struct json_node *nodes;
	uint32_t count;
};

struct json_problem {
	uint32_t offset; /* of the byte behind the one that is wrong, as Go counts */
	char text[80];
};

/* Returns 0; -EBADMSG with the problem said; -E2BIG for a text over JSON_BYTES_MAX or with over
 * max_nodes values; -ENOMEM. json_free is needed after 0 only. */
int json_parse(const char *text, size_t size, uint32_t max_nodes, struct json *ret,
	       struct json_problem *problem);
void json_free(struct json *json);

/* The first child, 0 for none. (0 is never a child.) */
uint32_t json_first(const struct json *json, uint32_t node);

/* The last member with exactly this name, 0 for none or if the node is no object. */
uint32_t json_member(const struct json *json, uint32_t node, const char *name);

/* The length of a string with its escapes resolved. quoted: the string with its quotes. With out it
 * is also written there, without a terminator; out may be shorter than the string, then only room
 * bytes are written. */
size_t json_unquote(const char *quoted, size_t size, char *out, size_t room);

/* Compares a member's name; folded: without regard to case, as Go matches names to fields. */
bool json_named(const struct json *json, uint32_t node, const char *name, bool folded);

/* A number that is written as a whole one and fits. Returns 0, -EINVAL or -ERANGE. */
int json_integer(const struct json *json, uint32_t node, int64_t *ret);
