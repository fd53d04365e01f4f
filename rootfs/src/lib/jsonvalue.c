// SPDX-License-Identifier: Apache-2.0
/* Values of JSON nodes: strings without their escapes, names, whole numbers; see json.h. What is
 * read here has passed json_parse. */
#include "lib/json.h"
#include "lib/utf8.h"
#include <errno.h>
#include <string.h>

#define NAME_BYTES_MAX 64

struct writer {
	char *out;
	size_t room, used;
};

static void put(struct writer *writer, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++, writer->used++)
		if (writer->out && writer->used < writer->room)
			writer->out[writer->used] = bytes[i];
}

static void put_rune(struct writer *writer, uint32_t rune)
{
	char bytes[4];

	put(writer, bytes, utf8_encode(rune, bytes));
}

/* The four digits of a \u escape at at, or UINT32_MAX if none stands there. */
static uint32_t escaped_unit(const char *at, const char *end)
{
	uint32_t unit = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return UINT32_MAX;
	for (int i = 2; i < 6; i++) {
		unsigned char c = (unsigned char)at[i];

		unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return unit;
}

/* A \u escape, or two that are a surrogate pair. A surrogate alone reads as U+FFFD. Returns the
 * bytes taken. */
static size_t unquote_unit(struct writer *writer, const char *at, const char *end)
{
	uint32_t high = escaped_unit(at, end), low;

	if (high < 0xd800 || high > 0xdfff) {
		put_rune(writer, high);
		return 6;
	}
	low = escaped_unit(at + 6, end);
	if (high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
		put_rune(writer, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
		return 12;
	}
	put_rune(writer, UTF8_REPLACEMENT);
	return 6;
}

static size_t unquote_escape(struct writer *writer, const char *at, const char *end)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *found;

	if (at[1] == 'u')
		return unquote_unit(writer, at, end);
	found = strchr(from, at[1]);
	put(writer, found ? &to[found - from] : at + 1, 1);
	return 2;
}

size_t json_unquote(const char *quoted, size_t size, char *out, size_t room)
{
	struct writer writer = { .out = out, .room = room };
	const char *at = quoted + 1, *end = quoted + size - 1;

	while (at < end) {
		uint32_t rune = (unsigned char)*at;

		if (rune == '\\') {
			at += unquote_escape(&writer, at, end);
		} else if (rune < 0x80) {
			put(&writer, at++, 1);
		} else {
			at += utf8_decode(at, (size_t)(end - at), &rune);
			put_rune(&writer, rune);
		}
	}
	return writer.used;
}

/* Small letters for ASCII, and for the two others that are one of those in another guise. Returns
 * the bytes taken. */
static size_t fold(const char *at, size_t size, char *ret)
{
	uint32_t rune;
	size_t taken = utf8_decode(at, size, &rune);

	if (rune == 0x212a)
		rune = 'k'; /* the kelvin sign */
	else if (rune == 0x17f)
		rune = 's'; /* the long s */
	else if (rune >= 'A' && rune <= 'Z')
		rune += 'a' - 'A';
	*ret = rune < 0x80 ? (char)rune : '\0';
	return taken;
}

static bool same_folded(const char *name, size_t size, const char *field)
{
	size_t at = 0;

	for (; *field; field++) {
		char a, b;

		if (at >= size)
			return false;
		at += fold(name + at, size - at, &a);
		fold(field, 1, &b);
		if (a != b)
			return false;
	}
	return at == size;
}

bool json_named(const struct json *json, uint32_t node, const char *name, bool folded)
{
	const struct json_node *at = &json->nodes[node];
	char text[NAME_BYTES_MAX];
	const char *quoted = json->text + at->key_start;
	size_t size = at->key_end - at->key_start;

	if (size < 2)
		return false;
	if (!folded && !memchr(quoted, '\\', size))
		return strlen(name) == size - 2 && memcmp(name, quoted + 1, size - 2) == 0;
	size = json_unquote(quoted, size, text, sizeof(text));
	if (size > sizeof(text))
		return false;
	if (folded)
		return same_folded(text, size, name);
	return strlen(name) == size && memcmp(name, text, size) == 0;
}

int json_integer(const struct json *json, uint32_t node, int64_t *ret)
{
	const char *at = json->text + json->nodes[node].start;
	const char *end = json->text + json->nodes[node].end;
	bool negative = *at == '-';
	int64_t value = 0;

	for (at += negative; at < end; at++) {
		if (*at < '0' || *at > '9')
			return -EINVAL;
		/* Downwards, since there is one more negative number than positive ones. */
		if (__builtin_mul_overflow(value, INT64_C(10), &value) ||
		    __builtin_sub_overflow(value, (int64_t)(*at - '0'), &value))
			return -ERANGE;
	}
	if (!negative && __builtin_sub_overflow(INT64_C(0), value, &value))
		return -ERANGE;
	*ret = value;
	return 0;
}
