// SPDX-License-Identifier: Apache-2.0
/* Network namespaces by their paths. The program must have one thread only. */
#pragma once
#include "lib/error.h"

/* Opens the namespace, and rtnetlink in it; loopback is up there and IPv6 waits for nothing. The
 * caller closes both. -EINVAL: it is none, or the one that we are in. */
int netns_open(const char *path, int *ret, int *ret_route, struct error *error);
