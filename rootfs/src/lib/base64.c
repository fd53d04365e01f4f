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
