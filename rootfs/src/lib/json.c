// SPDX-License-Identifier: Apache-2.0
/* The parser; see json.h. One pass, no recursion: an open container is found through the parent of
 * its newest child. Must never read beyond the text. */
#include "lib/json.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may stand at the current place. */
enum expect { VALUE, FIRST_ITEM, FIRST_NAME, NAME, COLON, DELIMITER };

struct parser {
	struct json json;
	uint32_t room, max_nodes;
	uint32_t at;
	uint32_t open; /* the innermost open container, meaningful when depth > 0 */
	uint32_t depth;
	uint32_t last; /* child of it so far, 0 for none */
	uint32_t key_start, key_end;
	struct json_problem *problem;
};

static int fail(struct parser *parser, uint32_t offset, const char *text)
{
	parser->problem->offset = offset;
	snprintf(parser->problem->text, sizeof(parser->problem->text), "%s", text);
	return -EBADMSG;
}

/* Go quotes the byte as if it were a code point of its own. */
static void quote_byte(unsigned char c, char out[12])
{
	static const char escapes[] = "\aa\bb\ff\nn\rr\tt\vv\\\\''";
	const char *found = c ? strchr(escapes, c) : NULL;

	if (found && (found - escapes) % 2 == 0)
		snprintf(out, 12, "\\%c", found[1]);
	else if (c < ' ' || c == 0x7f)
		snprintf(out, 12, "\\x%02x", c);
	else if (c >= 0x80 && (c < 0xa1 || c == 0xad))
		snprintf(out, 12, c < 0xa0 ? "\\u%04x" : "\\u00%x", c);
	else if (c >= 0x80)
		snprintf(out, 12, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
	else
		snprintf(out, 12, "%c", c);
}

/* The byte at offset, or the end of the text, is not what is allowed there. */
static int unexpected(struct parser *parser, uint32_t offset, const char *where)
{
	char quoted[12];

	if (offset >= parser->json.size)
		return fail(parser, parser->json.size, "unexpected end of JSON input");
	quote_byte((unsigned char)parser->json.text[offset], quoted);
	parser->problem->offset = offset + 1;
	snprintf(parser->problem->text, sizeof(parser->problem->text), "invalid character '%s' %s",
		 quoted, where);
	return -EBADMSG;
}

/* The byte at offset; -1 at the end. */
static int peek(const struct parser *parser, uint32_t offset)
{
	return offset < parser->json.size ? (unsigned char)parser->json.text[offset] : -1;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static int grow(struct parser *parser)
{
	uint32_t room = parser->room ? parser->room * 2 : 64;
	struct json_node *nodes;

	if (parser->json.count >= parser->max_nodes)
		return -E2BIG;
	nodes = realloc(parser->json.nodes, room * sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	parser->json.nodes = nodes;
	parser->room = room;
	return 0;
}

/* Adds a node that begins here, behind the last child of the open container. */
static int add_node(struct parser *parser, enum json_type type)
{
	struct json_node *node;
	uint32_t index = parser->json.count;
	int r = index < parser->room && index < parser->max_nodes ? 0 : grow(parser);

	if (r < 0)
		return r;
	parser->json.count++;
	node = &parser->json.nodes[index];
	*node = (struct json_node){ .type = type, .start = parser->at, .parent = parser->open };
	if (parser->depth == 0)
		return 0;
	node->key_start = parser->key_start;
	node->key_end = parser->key_end;
	if (parser->last)
		parser->json.nodes[parser->last].next = index;
	parser->json.nodes[parser->open].count++;
	parser->last = index;
	return 0;
}

static int scan_escape(struct parser *parser)
{
	int c = peek(parser, parser->at);

	if (c < 0 || !strchr("\"\\/bfnrtu", c) || c == '\0')
		return unexpected(parser, parser->at, "in string escape code");
	parser->at++;
	for (int i = 0; c == 'u' && i < 4; i++, parser->at++)
		if (!is_hex(peek(parser, parser->at)))
			return unexpected(parser, parser->at,
					  "in \\u hexadecimal character escape");
	return 0;
}

/* From the opening quote to behind the closing one. */
static int scan_string(struct parser *parser)
{
	parser->at++;
	for (;;) {
		int c = peek(parser, parser->at);

		if (c < ' ')
			return unexpected(parser, parser->at, "in string literal");
		parser->at++;
		if (c == '"')
			return 0;
		if (c == '\\' && scan_escape(parser) < 0)
			return -EBADMSG;
	}
}

static int scan_digits(struct parser *parser, const char *where)
{
	if (!is_digit(peek(parser, parser->at)))
		return unexpected(parser, parser->at, where);
	while (is_digit(peek(parser, parser->at)))
		parser->at++;
	return 0;
}

static int scan_number(struct parser *parser)
{
	int r = 0;

	if (peek(parser, parser->at) == '-')
		parser->at++;
	if (peek(parser, parser->at) == '0')
		parser->at++;
	else
		r = scan_digits(parser, "in numeric literal");
	if (r == 0 && peek(parser, parser->at) == '.') {
		parser->at++;
		r = scan_digits(parser, "after decimal point in numeric literal");
	}
	if (r == 0 && (peek(parser, parser->at) | 0x20) == 'e') {
		parser->at++;
		if (peek(parser, parser->at) == '+' || peek(parser, parser->at) == '-')
			parser->at++;
		r = scan_digits(parser, "in exponent of numeric literal");
	}
	return r;
}

static int scan_word(struct parser *parser, const char *word)
{
	for (const char *c = word; *c; c++, parser->at++) {
		char where[40];

		if (peek(parser, parser->at) == *c)
			continue;
		snprintf(where, sizeof(where), "in literal %s (expecting '%c')", word, *c);
		return unexpected(parser, parser->at, where);
	}
	return 0;
}

/* A value that holds no others. */
static int scan_scalar(struct parser *parser, int c)
{
	uint32_t index = parser->json.count;
	int r = add_node(parser, c == '"'   ? JSON_STRING
				 : c == 't' ? JSON_TRUE
				 : c == 'f' ? JSON_FALSE
				 : c == 'n' ? JSON_NULL
					    : JSON_NUMBER);

	if (r < 0)
		return r;
	if (c == '"')
		r = scan_string(parser);
	else if (c == 't' || c == 'f' || c == 'n')
		r = scan_word(parser, c == 't' ? "true" : c == 'f' ? "false" : "null");
	else
		r = scan_number(parser);
	parser->json.nodes[index].end = parser->at;
	return r;
}

static int open_container(struct parser *parser, int c)
{
	uint32_t index = parser->json.count;
	int r = add_node(parser, c == '{' ? JSON_OBJECT : JSON_ARRAY);

	if (r < 0)
		return r;
	parser->at++;
	if (++parser->depth > JSON_DEPTH_MAX)
		return fail(parser, parser->at, "exceeded max depth");
	parser->open = index;
	parser->last = 0;
	parser->key_start = parser->key_end = 0;
	return 0;
}

static void close_container(struct parser *parser)
{
	struct json_node *node = &parser->json.nodes[parser->open];

	node->end = ++parser->at;
	parser->last = parser->open;
	parser->open = node->parent;
	parser->depth--;
}

static int take_value(struct parser *parser, int c, enum expect *expect)
{
	if (c == '{' || c == '[') {
		*expect = c == '{' ? FIRST_NAME : FIRST_ITEM;
		return open_container(parser, c);
	}
	if (c < 0 || (!is_digit(c) && (c == '\0' || !strchr("\"-tfn", c))))
		return unexpected(parser, parser->at, "looking for beginning of value");
	*expect = DELIMITER;
	return scan_scalar(parser, c);
}

static int take_name(struct parser *parser, int c, enum expect *expect)
{
	int r;

	if (c != '"')
		return unexpected(parser, parser->at, "looking for beginning of object key string");
	parser->key_start = parser->at;
	r = scan_string(parser);
	parser->key_end = parser->at;
	*expect = COLON;
	return r;
}

/* What follows a value: a comma, the end of the container, or the end of the text. */
static int take_delimiter(struct parser *parser, int c, enum expect *expect)
{
	bool object;

	if (parser->depth == 0)
		return unexpected(parser, parser->at, "after top-level value");
	object = parser->json.nodes[parser->open].type == JSON_OBJECT;
	if (c == (object ? '}' : ']')) {
		close_container(parser);
		return 0;
	}
	if (c != ',')
		return unexpected(parser, parser->at,
				  object ? "after object key:value pair" : "after array element");
	parser->at++;
	*expect = object ? NAME : VALUE;
	return 0;
}

static int take(struct parser *parser, int c, enum expect *expect)
{
	if ((*expect == FIRST_ITEM && c == ']') || (*expect == FIRST_NAME && c == '}')) {
		close_container(parser);
		*expect = DELIMITER;
		return 0;
	}
	switch (*expect) {
	case VALUE:
	case FIRST_ITEM:
		return take_value(parser, c, expect);
	case FIRST_NAME:
	case NAME:
		return take_name(parser, c, expect);
	case COLON:
		if (c != ':')
			return unexpected(parser, parser->at, "after object key");
		parser->at++;
		*expect = VALUE;
		return 0;
	case DELIMITER:
		break;
	}
	return take_delimiter(parser, c, expect);
}

static int parse(struct parser *parser)
{
	enum expect expect = VALUE;
	int r = 0;

	while (r == 0) {
		int c = peek(parser, parser->at);

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			parser->at++;
		else if (c < 0 && expect == DELIMITER && parser->depth == 0)
			return 0;
		else
			r = take(parser, c, &expect);
	}
	return r;
}

int json_parse(const char *text, size_t size, uint32_t max_nodes, struct json *ret,
	       struct json_problem *problem)
{
	struct parser parser = { .max_nodes = max_nodes, .problem = problem };
	int r;

	if (size > JSON_BYTES_MAX || max_nodes > UINT32_MAX / 2)
		return -E2BIG;
	parser.json.text = text;
	parser.json.size = (uint32_t)size;
	r = parse(&parser);
	if (r < 0)
		json_free(&parser.json);
	else
		*ret = parser.json;
	return r;
}

void json_free(struct json *json)
{
	free(json->nodes);
	json->nodes = NULL;
	json->count = 0;
}

uint32_t json_first(const struct json *json, uint32_t node)
{
	return json->nodes[node].count > 0 ? node + 1 : 0;
}

uint32_t json_member(const struct json *json, uint32_t node, const char *name)
{
	uint32_t found = 0;

	if (json->nodes[node].type != JSON_OBJECT)
		return 0;
	for (uint32_t n = json_first(json, node); n; n = json->nodes[n].next)
		if (json_named(json, n, name, false))
			found = n;
	return found;
}
