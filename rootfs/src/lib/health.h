// SPDX-License-Identifier: Apache-2.0
/* Is this boot good? The settings of the health checks, and what they conclude from what they see.
 */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
#include <stddef.h>

#define HEALTH_UNITS_MAX 32
#define HEALTH_NAME_BYTES 256 /* of a unit, with its end: systemd's limit */

enum health_network { NETWORK_CONFIGURED, NETWORK_ONLINE, NETWORK_IGNORED };

struct health_config {
	enum health_network network;
	unsigned network_timeout_s;
	size_t unit_count;
	char units[HEALTH_UNITS_MAX][HEALTH_NAME_BYTES]; /* names and globs */
};

/* Takes the settings of one health.conf over those of the files before it: units= replaces theirs,
 * and what follows in the same file is added. -EINVAL: the error names the line, and *config is as
 * it was. */
int health_config_parse(const char *text, struct health_config *config, struct error *error);

/* May a file of this name in health.d become a unit? Template units may not: nothing says for what
 * instance. */
bool health_is_check(const char *name);

/* What one link means for the network check. */
enum health_link {
	LINK_IGNORED, /* not systemd-networkd's, or not needed to be online */
	LINK_READY,
	LINK_IDLE, /* no carrier: no cable, or nobody at its other end */
	LINK_WAITING,
	LINK_FAILED
};
#define LINK_KINDS 5

/* state: what systemd-networkd says of it in /run/systemd/netif/links. */
enum health_link health_link(const char *state, enum health_network wanted);

enum health_verdict { HEALTH_GOOD, HEALTH_WAIT, HEALTH_BAD };

/* counts: how many links there are of each kind. A link without carrier never makes a boot bad by
 * itself, unless NETWORK_ONLINE is wanted, and is waited for only while no other is ready. */
enum health_verdict health_links(const size_t counts[LINK_KINDS], enum health_network wanted,
				 bool time_is_over);

struct health_check {
	const char *name;
	bool ok;
	char reason[256]; /* cleaned with text_clean; empty when ok */
};

#define HEALTH_JSON_BYTES 2048

/* {"healthy":…,"checks":[{"name":…,"ok":…,"reason":…},…]} of at most five checks. */
void health_json(const struct health_check *checks, size_t count, char ret[HEALTH_JSON_BYTES]);
