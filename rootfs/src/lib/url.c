// SPDX-License-Identifier: Apache-2.0
/* See url.h. Must never accept a host that Go refuses: validators elsewhere would disagree. */
#include "lib/url.h"
#include <errno.h>
#include <string.h>

struct span {
	const char *at;
	size_t size;
};

/* Which part of a URL a text is, as far as its rules differ. */
enum part { PATH, HOST, ZONE };

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex(char c)
{
	if (is_digit(c))
		return c - '0';
	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

static bool host_byte(char c)
{
	return is_letter(c) || is_digit(c) || one_of(c, "-_.~!$&'()*+,;=:[]<>\"") ||
	       (unsigned char)c >= 0x80;
}

/* The bytes that a host may hide behind a percent sign: none that is ASCII, but for the sign
 * itself; a zone may hide what a host may say. */
static bool escape_allowed(enum part part, int byte)
{
	if (part == PATH || byte == '%')
		return true;
	if (part == HOST)
		return byte >= 0x80;
	return byte == ' ' || (byte < 0x80 && byte != 0 && host_byte((char)byte));
}

static bool valid(struct span text, enum part part)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.at[i] != '%') {
			if (part != PATH && !host_byte(text.at[i]))
				return false;
			continue;
		}
		if (text.size - i < 3 || hex(text.at[i + 1]) < 0 || hex(text.at[i + 2]) < 0 ||
		    !escape_allowed(part, hex(text.at[i + 1]) << 4 | hex(text.at[i + 2])))
			return false;
		i += 2;
	}
	return true;
}

static struct span span_of(const char *from, const char *to)
{
	return (struct span){ from, (size_t)(to - from) };
}

static const char *last(struct span text, char c)
{
	return text.size > 0 ? memrchr(text.at, c, text.size) : NULL;
}

/* Everything before the first c, and *rest behind it; all of it and nothing if there is none. */
static struct span cut(struct span text, char c, struct span *rest)
{
	const char *at = text.size > 0 ? memchr(text.at, c, text.size) : NULL,
		   *end = text.at + text.size;

	*rest = at ? span_of(at + 1, end) : span_of(end, end);
	return span_of(text.at, at ? at : end);
}

static bool valid_port(struct span port)
{
	if (port.size > 0 && port.at[0] != ':')
		return false;
	for (size_t i = 1; i < port.size; i++)
		if (!is_digit(port.at[i]))
			return false;
	return true;
}

/* An address in brackets: its zone, behind "%25", has rules of its own. */
static bool valid_bracketed(struct span host)
{
	const char *close = last(host, ']'), *end = host.at + host.size, *zone;

	if (!close || !valid_port(span_of(close + 1, end)))
		return false;
	zone = memmem(host.at, (size_t)(close - host.at), "%25", 3);
	if (!zone)
		return valid(host, HOST);
	return valid(span_of(host.at, zone), HOST) && valid(span_of(zone, close), ZONE) &&
	       valid(span_of(close, end), HOST);
}

static bool valid_host(struct span host)
{
	const char *colon;

	if (host.size > 0 && host.at[0] == '[')
		return valid_bracketed(host);
	colon = last(host, ':');
	if (colon && !valid_port(span_of(colon, host.at + host.size)))
		return false;
	return valid(host, HOST);
}

static bool valid_user(struct span user)
{
	for (size_t i = 0; i < user.size; i++)
		if (!is_letter(user.at[i]) && !is_digit(user.at[i]) &&
		    !one_of(user.at[i], "-._:~!$&'()*+,;=%@"))
			return false;
	return valid(user, PATH);
}

static bool valid_authority(struct span authority)
{
	const char *at = last(authority, '@'), *end = authority.at + authority.size;

	if (!at)
		return valid_host(authority);
	return valid_host(span_of(at + 1, end)) && valid_user(span_of(authority.at, at));
}

/* Sets the scheme and returns what is behind it. Returns false for a colon with nothing before. */
static bool take_scheme(struct span *text, char scheme[16])
{
	size_t i;

	scheme[0] = '\0';
	for (i = 0; i < text->size && text->at[i] != ':'; i++)
		if (!is_letter(text->at[i]) &&
		    (i == 0 || (!is_digit(text->at[i]) && !one_of(text->at[i], "+-."))))
			return true;
	if (i == text->size)
		return true;
	if (i == 0)
		return false;
	for (size_t n = 0; n < i && i < 16; n++)
		scheme[n] = text->at[n] >= 'A' && text->at[n] <= 'Z' ? (char)(text->at[n] | 0x20)
								     : text->at[n];
	scheme[i < 16 ? i : 0] = '\0';
	*text = span_of(text->at + i + 1, text->at + text->size);
	return true;
}

static bool starts(struct span text, const char *prefix)
{
	return text.size >= strlen(prefix) && memcmp(text.at, prefix, strlen(prefix)) == 0;
}

static bool has_control(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
			return true;
	return false;
}

/* What is behind scheme and colon, without query and fragment. */
static int parse_rest(struct span rest, bool with_scheme, struct url *url)
{
	struct span path = rest, none;

	if (!starts(rest, "/") && with_scheme) {
		url->opaque = rest.at;
		url->opaque_length = rest.size;
		return 0;
	}
	if (!starts(rest, "/")) {
		struct span first = cut(rest, '/', &none);

		if (first.size > 0 && memchr(first.at, ':', first.size))
			return -EINVAL;
	}
	if (starts(rest, "//") && (with_scheme || !starts(rest, "///"))) {
		struct span authority = cut(span_of(rest.at + 2, rest.at + rest.size), '/', &none);

		path = span_of(authority.at + authority.size, rest.at + rest.size);
		if (!valid_authority(authority))
			return -EINVAL;
	}
	return valid(path, PATH) ? 0 : -EINVAL;
}

int url_parse(const char *text, size_t size, struct url *ret)
{
	struct url url = { .opaque = "", .query = "" };
	struct span fragment, query, rest = cut(span_of(text, text + size), '#', &fragment);
	const char *before = rest.at;
	int r;

	if (has_control(rest) || !take_scheme(&rest, url.scheme))
		return -EINVAL;
	if (rest.at == before && rest.size == 1 && rest.at[0] == '*')
		rest.size = 0;
	bool with_scheme = rest.at != before;
	rest = cut(rest, '?', &query);
	url.query = query.at;
	url.query_length = query.size;
	r = parse_rest(rest, with_scheme, &url);
	if (r < 0 || !valid(fragment, PATH))
		return -EINVAL;
	*ret = url;
	return 0;
}

/* Compares with the escapes of a query resolved. */
static bool same_decoded(struct span text, const char *name)
{
	size_t at = 0;

	for (; *name; name++, at++) {
		char c;

		if (at >= text.size)
			return false;
		c = text.at[at] == '+' ? ' ' : text.at[at];
		if (c == '%') {
			c = (char)(hex(text.at[at + 1]) << 4 | hex(text.at[at + 2]));
			at += 2;
		}
		if (c != *name)
			return false;
	}
	return at == text.size;
}

bool url_query(const struct url *url, const char *name, bool *ret_empty)
{
	struct span rest = { url->query, url->query_length };

	while (rest.size > 0) {
		struct span value, pair = cut(rest, '&', &rest), key = cut(pair, '=', &value);

		if (pair.size == 0 || memchr(pair.at, ';', pair.size) || !valid(key, PATH) ||
		    !valid(value, PATH) || !same_decoded(key, name))
			continue;
		*ret_empty = value.size == 0;
		return true;
	}
	return false;
}
