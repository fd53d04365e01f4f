// SPDX-License-Identifier: Apache-2.0
/* Network namespaces by their paths. The program must have one thread only. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
#include <stdint.h>

/* Opens the namespace, and rtnetlink in it; loopback is up there and IPv6 waits for nothing. The
 * caller closes both. -EINVAL: it is none, or the one that we are in. */
int netns_open(const char *path, int *ret, int *ret_route, struct error *error);

/* A number that the kernel knows a namespace by within ours (RTM_NEWNSID) for as long as that
 * lives, however many processes it has; drawn by lot, so that none has it soon after. route:
 * netlink_open(NETLINK_ROUTE) in ours. */
int netns_number(int route, int netns, uint32_t *ret, struct error *error);

/* Whether there is one of that number. */
bool netns_lives(int route, uint32_t number);
