// SPDX-License-Identifier: Apache-2.0
/* Matches hosts with a noProxy list; see noproxy.h. */
#include "lib/noproxy.h"
#include "lib/text.h"
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define HOST_BYTES 256

struct address {
	uint8_t bytes[16];
	unsigned bits; /* 32 or 128 */
};

static bool parse_address(const char *text, struct address *ret)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	ret->bits = 32;
	if (inet_pton(AF_INET, text, ret->bytes) == 1)
		return true;
	ret->bits = 128;
	if (inet_pton(AF_INET6, text, ret->bytes) != 1)
		return false;
	if (memcmp(ret->bytes, mapped, sizeof(mapped)) == 0) {
		memmove(ret->bytes, ret->bytes + 12, 4);
		ret->bits = 32;
	}
	return true;
}

static bool same_prefix(const struct address *a, const struct address *b, unsigned bits)
{
	if (a->bits != b->bits || bits > a->bits || memcmp(a->bytes, b->bytes, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || (a->bytes[bits / 8] ^ b->bytes[bits / 8]) >> (8 - bits % 8) == 0;
}

static bool in_range(char *range, const struct address *address)
{
	char *slash = strchr(range, '/');
	struct address net;
	uint64_t bits;

	*slash = '\0';
	return parse_address(range, &net) && text_to_number(slash + 1, net.bits, &bits) == 0 &&
	       same_prefix(&net, address, (unsigned)bits);
}

/* Takes ":PORT" and brackets off; *ret_port is 0 without one. */
static char *split_port(char *entry, uint64_t *ret_port)
{
	char *colon = strrchr(entry, ':'), *bracket = strrchr(entry, ']');
	bool several = colon && strchr(entry, ':') != colon;

	*ret_port = 0;
	if (entry[0] == '[' && bracket) {
		*bracket = '\0';
		colon = bracket[1] == ':' ? bracket + 1 : NULL;
		entry++;
	} else if (several) {
		return entry;
	}
	if (!colon || text_to_number(colon + 1, 65535, ret_port) < 0)
		return entry;
	*colon = '\0';
	return entry;
}

/* The domain itself and those below it; with a leading dot or "*." those below it only. */
static bool in_domain(const char *host, const char *domain)
{
	bool below_only = domain[0] == '.' || text_starts(domain, "*.");
	size_t length, whole = strlen(host);

	if (below_only)
		domain += domain[0] == '*' ? 2 : 1;
	length = strlen(domain);
	if (length == 0 || whole < length || strcasecmp(host + whole - length, domain) != 0)
		return false;
	return whole == length ? !below_only : host[whole - length - 1] == '.';
}

static bool entry_matches(char *entry, const char *host, unsigned port)
{
	struct address address, other;
	bool numeric = parse_address(host, &address);
	uint64_t entry_port;

	if (strcmp(entry, "*") == 0)
		return true;
	if (strchr(entry, '/'))
		return numeric && in_range(entry, &address);
	entry = split_port(entry, &entry_port);
	if (entry_port != 0 && entry_port != port)
		return false;
	if (parse_address(entry, &other))
		return numeric && same_prefix(&address, &other, other.bits);
	return in_domain(host, entry);
}

bool host_is_loopback(const char *host)
{
	static const struct address v4 = { { 127 }, 32 }, v6 = { { [15] = 1 }, 128 };
	struct address address;

	if (strcasecmp(host, "localhost") == 0)
		return true;
	return parse_address(host, &address) &&
	       (same_prefix(&address, &v4, 8) || same_prefix(&address, &v6, 128));
}

/* An entry can hold several, with commas between them, as the reference joins the list by commas.
 */
static bool text_matches(const struct ign_text *text, const char *host, unsigned port)
{
	for (size_t at = 0; at < text->length;) {
		const char *comma = memchr(text->at + at, ',', text->length - at);
		size_t end = comma ? (size_t)(comma - text->at) : text->length, next = end + 1;
		char entry[HOST_BYTES];

		while (at < end && text->at[at] == ' ')
			at++;
		while (end > at && text->at[end - 1] == ' ')
			end--;
		if (end > at && text_copy(entry, sizeof(entry), text->at + at, end - at) == 0 &&
		    entry_matches(entry, host, port))
			return true;
		at = next;
	}
	return false;
}

bool proxy_bypassed(const char *host, unsigned port, const ign_texts *none)
{
	if (host_is_loopback(host))
		return true;
	for (size_t i = 0; i < none->count; i++)
		if (text_matches(&none->at[i], host, port))
			return true;
	return false;
}
