// SPDX-License-Identifier: Apache-2.0
/* URLs for messages, see url.h. Must never let a secret through: what is in doubt is left out. */
#include "lib/text.h"
#include "lib/url.h"
#include <string.h>
#include <strings.h>

/* Behind the last @ of the authority, if the URL has one with a user. */
static size_t after_user(const char *text, size_t from, size_t end)
{
	size_t after = from;

	for (size_t i = from; i < end && text[i] != '/'; i++)
		if (text[i] == '@')
			after = i + 1;
	return after;
}

/* Letters and what else may stand before the first colon; 0: the text begins otherwise. */
static size_t scheme_length(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if (c == ':')
			return i + 1;
		if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '+' && c != '-' && c != '.')
			break;
	}
	return 0;
}

void url_shown(const char *text, size_t size, char out[URL_SHOWN_BYTES])
{
	size_t scheme = scheme_length(text, size), end = 0, start, used;

	while (end < size && text[end] != '?' && text[end] != '#')
		end++;
	if (scheme == 5 && strncasecmp(text, "data:", 5) == 0)
		end = 5;
	start = scheme;
	while (start < end && start < scheme + 2 && text[start] == '/')
		start++;
	used = start < URL_SHOWN_BYTES - 4 ? start : URL_SHOWN_BYTES - 4;
	if (used > 0)
		memcpy(out, text, used);
	start = after_user(text, start, end);
	for (; start < end && used < URL_SHOWN_BYTES - 4; start++)
		out[used++] = text[start] ? text[start] : '_';
	memcpy(out + used, start < end ? "..." : "", start < end ? 4 : 1);
	text_clean(out);
}
