// SPDX-License-Identifier: Apache-2.0
/* Decodes base64, see base64.h. Must never write more than BASE64_ROOM. */
#include "lib/base64.h"
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int base64_decode(const char *text, size_t size, char *ret, size_t *ret_size)
{
	size_t digits = 0, padding = 0, used = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < size; i++) {
		int value = value_of(text[i]);

		if (is_blank(text[i]))
			continue;
		if (text[i] == '=') {
			padding++;
			continue;
		}
		if (value < 0 || padding > 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)value;
		if (++digits % 4 != 1)
			ret[used++] = (char)(bits >> (4 - digits % 4) * 2 % 8 & 0xff);
	}
	if (padding > 2 || (digits + padding) % 4 != 0)
		return -EINVAL;
	*ret_size = used;
	return 0;
}

void base64_encode(const char *bytes, size_t size, char *ret)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t at = 0; at < size; at += 3) {
		size_t left = size - at;
		unsigned value = (unsigned)(unsigned char)bytes[at] << 16;

		value |= left > 1 ? (unsigned)(unsigned char)bytes[at + 1] << 8 : 0;
		value |= left > 2 ? (unsigned)(unsigned char)bytes[at + 2] : 0;
		*ret++ = digits[value >> 18];
		*ret++ = digits[value >> 12 & 63];
		*ret++ = left > 1 ? digits[value >> 6 & 63] : '=';
		*ret++ = left > 2 ? digits[value & 63] : '=';
	}
	*ret = '\0';
}
