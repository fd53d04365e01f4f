// SPDX-License-Identifier: Apache-2.0
/* Checks and decodes data: URLs, see url.h: a media type, parameters, ";base64", a comma, the data.
 * Each step moves the cursor; the texts of complaints are those of the Go package. */
#include "lib/base64.h"
#include "lib/url.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct cursor {
	const char *at, *end;
	bool base64;
};

static int peek(const struct cursor *cursor)
{
	return cursor->at < cursor->end ? (unsigned char)*cursor->at : -1;
}

/* RFC 2045, section 5.1 */
static bool is_token(int c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=", c);
}

static bool is_data(int c)
{
	return c > ' ' && c < 0x7f && !strchr("<>#\"{}|\\^[]`", c);
}

static bool is_base64(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/' || c == '=';
}

static bool is_hex(int c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static void skip_token(struct cursor *cursor)
{
	while (is_token(peek(cursor)))
		cursor->at++;
}

static bool known_type(const char *at, size_t size)
{
	static const char *const types[] = { "text",        "image",   "audio",    "video",
					     "application", "message", "multipart" };

	if (size > 1 && (at[0] | 0x20) == 'x' && at[1] == '-')
		return true;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (size >= strlen(types[i]) && memcmp(at, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

static const char *check_media_type(struct cursor *cursor)
{
	const char *from = cursor->at;

	if (peek(cursor) < 0)
		return "missing comma before data";
	if (!is_token(peek(cursor)))
		return "invalid character after data prefix";
	skip_token(cursor);
	if (peek(cursor) != '/')
		return peek(cursor) < 0 ? "missing media type slash"
					: "invalid character for media type";
	if (!known_type(from, (size_t)(cursor->at - from)))
		return "invalid media type";
	cursor->at++;
	skip_token(cursor);
	if (peek(cursor) < 0)
		return "incomplete media type";
	return peek(cursor) == ';' || peek(cursor) == ',' ? NULL
							  : "invalid character for media subtype";
}

static const char *check_escapes(const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at != '%')
			continue;
		if (end - at < 3)
			return "rfc2396: unexpected end of unescape sequence";
		if (!is_hex((unsigned char)at[1]) || !is_hex((unsigned char)at[2]))
			return "rfc2396: invalid char 0x25 in unescape sequence";
		at += 2;
	}
	return NULL;
}

/* From behind the opening quote to behind the closing one. */
static const char *check_quoted(struct cursor *cursor)
{
	for (; peek(cursor) != '"'; cursor->at++) {
		int c = peek(cursor);

		if (c < 0)
			return "unclosed quoted string";
		if (c >= 0x80)
			return "invalid character for parameter value";
		if (c == '\n')
			return "invalid syntax";
		if (c != '\\')
			continue;
		cursor->at++;
		c = peek(cursor);
		if (c < 0)
			return "unclosed quoted string";
		if (c == '\0' || !strchr("abfnrtv\\\"", c))
			return "invalid syntax";
	}
	cursor->at++;
	return NULL;
}

static const char *check_value(struct cursor *cursor)
{
	const char *from = cursor->at, *problem;

	if (peek(cursor) < 0)
		return "missing comma before data";
	if (peek(cursor) == '"') {
		cursor->at++;
		problem = check_quoted(cursor);
	} else if (!is_token(peek(cursor))) {
		return "invalid character for parameter value";
	} else {
		skip_token(cursor);
		problem = check_escapes(from, cursor->at);
	}
	if (problem)
		return problem;
	if (peek(cursor) < 0)
		return "missing comma before data";
	return peek(cursor) == ';' || peek(cursor) == ',' ? NULL : "expected semicolon or comma";
}

/* ";name=value", or ";base64" before the comma. */
static const char *check_parameter(struct cursor *cursor)
{
	const char *from = ++cursor->at;

	if (peek(cursor) < 0 || peek(cursor) == '=' || peek(cursor) == ',')
		return "unterminated parameter sequence";
	skip_token(cursor);
	if (peek(cursor) < 0)
		return "unterminated parameter sequence";
	if (peek(cursor) == '=') {
		cursor->at++;
		return check_value(cursor);
	}
	if (peek(cursor) != ',')
		return "invalid character for parameter attribute";
	cursor->base64 = cursor->at - from == 6 && memcmp(from, "base64", 6) == 0;
	return cursor->base64 ? NULL : "expected base64";
}

static const char *check_base64(const struct cursor *cursor)
{
	const char *end = cursor->end;
	size_t size = (size_t)(end - cursor->at);

	for (const char *at = cursor->at; at < end; at++)
		if (!is_base64((unsigned char)*at))
			return "invalid data character";
	for (int i = 0; i < 2 && size > 0 && end[-1] == '='; i++)
		end--;
	if (size % 4 != 0 || (size > 0 && memchr(cursor->at, '=', (size_t)(end - cursor->at))))
		return "illegal base64 data";
	return NULL;
}

static const char *check_data(const struct cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->end; at++)
		if (!is_data((unsigned char)*at))
			return "invalid data character";
	return check_escapes(cursor->at, cursor->end);
}

/* From the start to behind the comma. */
static const char *check_head(struct cursor *cursor)
{
	const char *problem = NULL;

	if (cursor->end - cursor->at < 5 || memcmp(cursor->at, "data:", 5) != 0)
		return "missing data prefix";
	cursor->at += 5;
	if (peek(cursor) != ';' && peek(cursor) != ',')
		problem = check_media_type(cursor);
	while (!problem && peek(cursor) == ';')
		problem = check_parameter(cursor);
	cursor->at += !problem;
	return problem;
}

const char *url_check_data(const char *text, size_t size)
{
	struct cursor cursor = { .at = text, .end = text + size };
	const char *problem = check_head(&cursor);

	if (problem)
		return problem;
	return cursor.base64 ? check_base64(&cursor) : check_data(&cursor);
}

static char hex_byte(const char *at)
{
	char digits[3] = { at[0], at[1], '\0' };

	return (char)strtoul(digits, NULL, 16);
}

/* The escapes have been checked. */
static size_t unescape(const struct cursor *cursor, char *out)
{
	char *to = out;

	for (const char *at = cursor->at; at < cursor->end; at++) {
		if (*at != '%') {
			*to++ = *at;
			continue;
		}
		*to++ = hex_byte(at + 1);
		at += 2;
	}
	return (size_t)(to - out);
}

int url_decode_data(const char *text, size_t size, char **ret, size_t *ret_size)
{
	struct cursor cursor = { .at = text, .end = text + size };
	size_t left, used = 0;
	char *out;

	if (url_check_data(text, size) || check_head(&cursor))
		return -EINVAL;
	left = (size_t)(cursor.end - cursor.at);
	out = malloc(BASE64_ROOM(left) > left ? BASE64_ROOM(left) + 1 : left + 1);
	if (!out)
		return -ENOMEM;
	if (!cursor.base64) {
		used = unescape(&cursor, out);
	} else if (base64_decode(cursor.at, left, out, &used) < 0) {
		free(out);
		return -EINVAL;
	}
	out[used] = '\0';
	*ret = out;
	*ret_size = used;
	return 0;
}
