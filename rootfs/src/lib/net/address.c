// SPDX-License-Identifier: Apache-2.0
/* See address.h. An address is calculated with as a number of 16 bytes, the most significant one
 * first; IPv4 has its four at the front, so all steps go by the family's width. */
#include "lib/net/address.h"
#include "lib/text.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static size_t width(const struct net_ip *ip)
{
	return ip->family == 4 ? 4 : 16;
}

uint8_t net_ip_bits(const struct net_ip *ip)
{
	return (uint8_t)(width(ip) * 8);
}

int net_ip_parse(const char *text, struct net_ip *ret)
{
	struct net_ip ip = { .family = strchr(text, ':') ? 6 : 4 };

	if (inet_pton(ip.family == 4 ? AF_INET : AF_INET6, text, ip.bytes) != 1)
		return -EINVAL;
	*ret = ip;
	return 0;
}

const char *net_ip_text(const struct net_ip *ip, char ret[NET_IP_TEXT])
{
	if (ip->family == 0 ||
	    !inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->bytes, ret, NET_IP_TEXT))
		ret[0] = '\0';
	return ret;
}

/* The same address with all bits behind the prefix as given. */
static struct net_ip fill(const struct net_ip *ip, uint8_t length, bool ones)
{
	struct net_ip filled = *ip;

	for (size_t bit = length; bit < net_ip_bits(ip); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		filled.bytes[bit / 8] = (uint8_t)(ones ? filled.bytes[bit / 8] | mask
						       : filled.bytes[bit / 8] & ~mask);
	}
	return filled;
}

int net_prefix_parse(const char *text, struct net_prefix *ret)
{
	char address[NET_IP_TEXT];
	const char *slash = strchr(text, '/');
	struct net_prefix prefix;
	uint64_t length;

	if (!slash || text_copy(address, sizeof(address), text, (size_t)(slash - text)) < 0 ||
	    net_ip_parse(address, &prefix.base) < 0 ||
	    text_to_number(slash + 1, net_ip_bits(&prefix.base), &length) < 0)
		return -EINVAL;
	prefix.length = (uint8_t)length;
	prefix.base = fill(&prefix.base, prefix.length, false);
	*ret = prefix;
	return 0;
}

const char *net_prefix_text(const struct net_prefix *prefix, char ret[NET_SUBNET_TEXT])
{
	char ip[NET_IP_TEXT];

	snprintf(ret, NET_SUBNET_TEXT, "%s/%u", net_ip_text(&prefix->base, ip), prefix->length);
	return ret;
}

int net_ip_compare(const struct net_ip *a, const struct net_ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool net_ip_is_any(const struct net_ip *ip)
{
	static const uint8_t zeros[16];

	return memcmp(ip->bytes, zeros, sizeof(zeros)) == 0;
}

bool net_ip_is_loopback(const struct net_ip *ip)
{
	static const uint8_t one[16] = { [15] = 1 };

	return ip->family == 4 ? ip->bytes[0] == 127 : memcmp(ip->bytes, one, sizeof(one)) == 0;
}

struct net_ip net_ip_add(const struct net_ip *ip, uint64_t count)
{
	struct net_ip sum = *ip;

	for (size_t i = width(ip); i-- > 0;) {
		uint64_t byte = sum.bytes[i] + (count & 0xff);

		sum.bytes[i] = (uint8_t)byte;
		count = (count >> 8) + (byte >> 8);
	}
	return sum;
}

uint64_t net_ip_distance(const struct net_ip *a, const struct net_ip *b)
{
	uint64_t distance = 0;
	int borrow = 0;
	uint8_t digits[16];

	for (size_t i = width(a); i-- > 0;) {
		int digit = b->bytes[i] - a->bytes[i] - borrow;

		borrow = digit < 0;
		digits[i] = (uint8_t)digit;
	}
	for (size_t i = 0; i < width(a); i++) {
		if (distance >> 56)
			return UINT64_MAX;
		distance = distance << 8 | digits[i];
	}
	return distance;
}

bool net_prefix_has(const struct net_prefix *prefix, const struct net_ip *ip)
{
	struct net_ip base;

	if (ip->family != prefix->base.family)
		return false;
	base = fill(ip, prefix->length, false);
	return net_ip_compare(&base, &prefix->base) == 0;
}

bool net_prefix_overlaps(const struct net_prefix *a, const struct net_prefix *b)
{
	return a->length <= b->length ? net_prefix_has(a, &b->base) : net_prefix_has(b, &a->base);
}

struct net_ip net_prefix_last(const struct net_prefix *prefix)
{
	return fill(&prefix->base, prefix->length, true);
}

int net_mac_parse(const char *text, uint8_t ret[6])
{
	uint8_t mac[6];

	if (strlen(text) != NET_MAC_TEXT - 1)
		return -EINVAL;
	for (size_t i = 0; i < 6; i++) {
		int high = text_digit(text[i * 3]), low = text_digit(text[i * 3 + 1]);

		if (high < 0 || low < 0 || (i < 5 && text[i * 3 + 2] != ':'))
			return -EINVAL;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	if ((mac[0] & 1) != 0)
		return -EINVAL;
	memcpy(ret, mac, sizeof(mac));
	return 0;
}

const char *net_mac_text(const uint8_t mac[6], char ret[NET_MAC_TEXT])
{
	snprintf(ret, NET_MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return ret;
}
