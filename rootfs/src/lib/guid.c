// SPDX-License-Identifier: Apache-2.0
/* See guid.h. */
#include "lib/guid.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

/* Where each byte of the text goes in memory. */
static const uint8_t order[GUID_BYTES] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

static int dash_at(int i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

int guid_parse(const char *text, uint8_t ret[GUID_BYTES])
{
	char digits[2 * GUID_BYTES + 1] = { 0 };
	uint8_t bytes[GUID_BYTES];
	int used = 0;

	if (strnlen(text, GUID_TEXT_BYTES) != GUID_TEXT_BYTES - 1)
		return -EINVAL;
	for (int i = 0; i < GUID_TEXT_BYTES - 1; i++) {
		if (dash_at(i) != (text[i] == '-'))
			return -EINVAL;
		if (!dash_at(i))
			digits[used++] = text[i];
	}
	if (text_to_bytes(digits, bytes, sizeof(bytes)) < 0)
		return -EINVAL;
	for (int i = 0; i < GUID_BYTES; i++)
		ret[order[i]] = bytes[i];
	return 0;
}

void guid_format(const uint8_t guid[GUID_BYTES], char ret[GUID_TEXT_BYTES])
{
	for (int i = 0; i < GUID_BYTES; i++) {
		bytes_to_text(&guid[order[i]], 1, ret);
		ret += 2;
		if (i == 3 || i == 5 || i == 7 || i == 9)
			*ret++ = '-';
	}
	*ret = '\0';
}
