// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "lib/net/address.h"
#include <errno.h>
#include <string.h>

static const struct {
	const char *text;
	int want;
	const char *base;
	const char *last;
} prefixes[] = {
	{ "10.1.2.3/24", 0, "10.1.2.0/24", "10.1.2.255" },
	{ "10.1.2.3/32", 0, "10.1.2.3/32", "10.1.2.3" },
	{ "0.0.0.0/0", 0, "0.0.0.0/0", "255.255.255.255" },
	{ "10.89.0.0/13", 0, "10.88.0.0/13", "10.95.255.255" },
	{ "fd01::5/64", 0, "fd01::/64", "fd01::ffff:ffff:ffff:ffff" },
	{ "fd01::/127", 0, "fd01::/127", "fd01::1" },
	{ "10.1.2.0", -EINVAL, NULL, NULL },
	{ "10.1.2.0/33", -EINVAL, NULL, NULL },
	{ "10.1.2.0/", -EINVAL, NULL, NULL },
	{ "10.1.2/24", -EINVAL, NULL, NULL },
	{ "010.1.2.0/24", -EINVAL, NULL, NULL },
	{ "fd01::/129", -EINVAL, NULL, NULL },
	{ "fe80::1%eth0/64", -EINVAL, NULL, NULL },
	{ "/24", -EINVAL, NULL, NULL },
	{ "", -EINVAL, NULL, NULL },
};

SUITE(netprefix)
{
	for (size_t i = 0; i < ROWS(prefixes); i++) {
		struct net_prefix prefix;
		char text[NET_SUBNET_TEXT];
		struct net_ip last;

		CHECK_NUMBER(prefixes[i].text, net_prefix_parse(prefixes[i].text, &prefix),
			     prefixes[i].want);
		if (prefixes[i].want < 0)
			continue;
		CHECK_TEXT(prefixes[i].text, net_prefix_text(&prefix, text), prefixes[i].base);
		last = net_prefix_last(&prefix);
		CHECK_TEXT(prefixes[i].text, net_ip_text(&last, text), prefixes[i].last);
	}
}

static const struct {
	const char *a, *b;
	bool overlaps;
} pairs[] = {
	{ "10.0.0.0/8", "10.1.0.0/16", true },  { "10.0.0.0/24", "10.0.1.0/24", false },
	{ "10.0.0.0/23", "10.0.1.0/24", true }, { "0.0.0.0/0", "192.0.2.0/24", true },
	{ "fd01::/64", "fd01::1:0/112", true }, { "fd01::/64", "fd01:0:0:1::/64", false },
	{ "0.0.0.0/0", "::/0", false },
};

SUITE(netoverlap)
{
	for (size_t i = 0; i < ROWS(pairs); i++) {
		struct net_prefix a, b;

		CHECK(pairs[i].a, net_prefix_parse(pairs[i].a, &a) == 0 &&
					  net_prefix_parse(pairs[i].b, &b) == 0);
		CHECK_NUMBER(pairs[i].a, net_prefix_overlaps(&a, &b), pairs[i].overlaps);
		CHECK_NUMBER(pairs[i].a, net_prefix_overlaps(&b, &a), pairs[i].overlaps);
	}
}

static const struct {
	const char *from;
	uint64_t count;
	const char *want;
} sums[] = {
	{ "10.0.0.255", 1, "10.0.1.0" },
	{ "10.0.0.0", 0x10203, "10.1.2.3" },
	{ "255.255.255.255", 1, "0.0.0.0" },
	{ "fd01::ffff:ffff:ffff:ffff", 1, "fd01:0:0:1::" },
	{ "fd01::", UINT64_MAX, "fd01::ffff:ffff:ffff:ffff" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 2, "::1" },
};

SUITE(netsum)
{
	for (size_t i = 0; i < ROWS(sums); i++) {
		struct net_ip from, sum;
		char text[NET_IP_TEXT];

		CHECK(sums[i].from, net_ip_parse(sums[i].from, &from) == 0);
		sum = net_ip_add(&from, sums[i].count);
		CHECK_TEXT(sums[i].from, net_ip_text(&sum, text), sums[i].want);
		if (net_ip_compare(&from, &sum) <= 0)
			CHECK(sums[i].from, net_ip_distance(&from, &sum) == sums[i].count);
	}
}

SUITE(netmac)
{
	static const char *const wrong[] = { "",
					     "02:00:00:00:00",
					     "02:00:00:00:00:0g",
					     "02-00-00-00-00-01",
					     "01:00:00:00:00:01", /* a group's */
					     "02:00:00:00:00:01:02" };
	char text[NET_MAC_TEXT];
	uint8_t mac[6];

	CHECK("upper case", net_mac_parse("02:AB:00:00:00:fF", mac) == 0);
	CHECK_TEXT("upper case", net_mac_text(mac, text), "02:ab:00:00:00:ff");
	for (size_t i = 0; i < ROWS(wrong); i++)
		CHECK_NUMBER(wrong[i], net_mac_parse(wrong[i], mac), -EINVAL);
}
