// SPDX-License-Identifier: Apache-2.0
/* Decisions about downloads; see download.h. Must never take an error page for the resource. */
#include "lib/download.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

enum http_verdict http_judge(long status)
{
	switch (status) {
	case 200:
	case 204:
		return HTTP_TAKEN;
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return HTTP_MOVED;
	case 404:
		return HTTP_ABSENT;
	default:
		return status >= 500 ? HTTP_AGAIN : HTTP_REFUSED;
	}
}

unsigned download_wait_ms(unsigned tries, unsigned first_ms)
{
	unsigned wait_ms = first_ms;

	while (--tries > 0 && wait_ms < DOWNLOAD_LONGEST_WAIT_MS)
		wait_ms *= 2;
	return wait_ms < DOWNLOAD_LONGEST_WAIT_MS ? wait_ms : DOWNLOAD_LONGEST_WAIT_MS;
}

int download_hash_parse(const struct ign_text *text, struct download_hash *ret)
{
	struct download_hash hash = { .sha512 = text->length == 7 + 128 };
	char digits[129];

	hash.size = hash.sha512 ? 64 : 32;
	if (text->length != 7 + 2 * hash.size ||
	    memcmp(text->at, hash.sha512 ? "sha512-" : "sha256-", 7) != 0)
		return -EINVAL;
	memcpy(digits, text->at + 7, 2 * hash.size);
	digits[2 * hash.size] = '\0';
	if (text_to_bytes(digits, hash.bytes, hash.size) < 0)
		return -EINVAL;
	*ret = hash;
	return 0;
}

static bool is_token(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

bool download_header_valid(const struct ign_header *header)
{
	for (size_t i = 0; i < header->name.length; i++)
		if (!is_token(header->name.at[i]))
			return false;
	for (size_t i = 0; i < header->value.length; i++) {
		unsigned char c = (unsigned char)header->value.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return header->name.length > 0 && header->value.length > 0;
}
