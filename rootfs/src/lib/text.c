// SPDX-License-Identifier: Apache-2.0
/* Conversions; see text.h. Locale must never matter here, so no strtoul and no isdigit. */
#include "lib/text.h"
#include <errno.h>
#include <string.h>

int text_to_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, digit, &value) || value > max)
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

int text_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int text_to_bytes(const char *text, uint8_t *ret, size_t size)
{
	if (strnlen(text, 2 * size + 1) != 2 * size)
		return -EINVAL;
	for (size_t i = 0; i < 2 * size; i++)
		if (text_digit(text[i]) < 0)
			return -EINVAL;
	for (size_t i = 0; i < size; i++)
		ret[i] = (uint8_t)(text_digit(text[2 * i]) << 4 | text_digit(text[2 * i + 1]));
	return 0;
}

void bytes_to_text(const uint8_t *bytes, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * size] = '\0';
}

int text_copy(char *out, size_t room, const char *text, size_t length)
{
	if (length >= room)
		return -ENAMETOOLONG;
	memcpy(out, text, length);
	out[length] = '\0';
	return 0;
}

void text_clean(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"')
			*text = '\'';
		else if (*text == '\\')
			*text = '/';
		else if (*text < ' ' || *text > '~')
			*text = '_';
	}
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

bool text_is_one_of(const char *values, const char *text)
{
	size_t length = strlen(text);

	for (; *values != '\0'; values += strspn(values, " ")) {
		size_t word = strcspn(values, " ");

		if (word == length && memcmp(values, text, length) == 0)
			return true;
		values += word;
	}
	return false;
}
