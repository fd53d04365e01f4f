// SPDX-License-Identifier: Apache-2.0
/* See utf8.h. Must never accept an overlong form or a surrogate. */
#include "lib/utf8.h"

/* Bytes that follow, and the least and most of the first of them: RFC 3629, section 4. */
struct lead {
	unsigned tail;
	unsigned char least, most;
};

static struct lead lead_of(unsigned char c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return (struct lead){ 1, 0x80, 0xbf };
	if (c >= 0xe0 && c <= 0xef)
		return (struct lead){ 2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf };
	if (c >= 0xf0 && c <= 0xf4)
		return (struct lead){ 3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf };
	return (struct lead){ 0 };
}

size_t utf8_decode(const char *at, size_t size, uint32_t *ret)
{
	unsigned char c = (unsigned char)at[0];
	struct lead lead = lead_of(c);
	uint32_t rune = c & (0x3fu >> lead.tail);

	if (c < 0x80) {
		*ret = c;
		return 1;
	}
	*ret = UTF8_REPLACEMENT;
	if (lead.tail == 0 || size <= lead.tail)
		return 1;
	for (unsigned i = 1; i <= lead.tail; i++) {
		c = (unsigned char)at[i];
		if (c < (i == 1 ? lead.least : 0x80) || c > (i == 1 ? lead.most : 0xbf))
			return 1;
		rune = rune << 6 | (c & 0x3f);
	}
	*ret = rune;
	return lead.tail + 1;
}

size_t utf8_encode(uint32_t rune, char out[4])
{
	unsigned tail = rune < 0x80 ? 0 : rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;

	if (tail == 0) {
		out[0] = (char)rune;
		return 1;
	}
	for (unsigned i = tail; i > 0; i--, rune >>= 6)
		out[i] = (char)(0x80 | (rune & 0x3f));
	out[0] = (char)((0xffu << (7 - tail) & 0xff) | rune);
	return tail + 1;
}
