// SPDX-License-Identifier: Apache-2.0
/* Containers as an operator sees them: what their files say, beside what PID 1 says of their units;
 * as a table for people and as JSON for machines. */
#pragma once
#include "lib/jsonwriter.h"
#include "lib/net/model.h"
#include "lib/words.h"
#include <stdint.h>

#define OVERVIEW_UNKNOWN UINT64_MAX /* of an amount */

/* Texts that are not known are NULL. */
struct overview_container {
	const char *name, *image, *pod;
	const char *status; /* running, ended, unfinished (it starts), absent (only its unit is) */
	const char *health; /* none, starting, healthy, unhealthy */
	uint64_t pid;       /* 0: none */
	int64_t started_s;  /* since 1970, 0: not known */
	const char *unit, *active, *sub; /* ActiveState and SubState of the unit */
	uint64_t memory_bytes, cpu_ms;   /* of the unit's cgroup */
	struct words addresses, ports;
};

/* An array, in the order given. */
void overview_put_containers(struct json_writer *writer, const struct overview_container *rows,
			     size_t count);

/* A line of titles and one for each; what does not print is made '_' or the like. now_s: since
 * 1970. */
void overview_print_containers(struct json_writer *out, const struct overview_container *rows,
			       size_t count, int64_t now_s, struct arena *arena);

/* Adds addresses and ports: "10.88.0.2", "8080->80/tcp", "127.0.0.1:8000-8009->8000-8009/udp". */
void overview_take_network(const struct net_record *record, struct arena *arena,
			   struct overview_container *ret);

/* How long ago, in its largest unit: "5s", "3m", "7h", "12d". */
const char *overview_ago(int64_t seconds, struct arena *arena);

/* "0", "512K", "1.5M", "2.0G". */
const char *overview_size(uint64_t bytes, struct arena *arena);
