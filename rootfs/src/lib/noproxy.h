// SPDX-License-Identifier: Apache-2.0
/* Which hosts are reached without the proxy, by the rules that Ignition has from Go's package
 * golang.org/x/net/http/httpproxy. */
#pragma once
#include "lib/ignition/config.h"
#include <stdbool.h>

/* An address of the machine itself: localhost, 127.0.0.0/8, ::1. host has no brackets. */
bool host_is_loopback(const char *host);

/* Is host:port to be reached without a proxy? Loopback addresses are; and what an entry of the list
 * names: "*", an address, a CIDR range, a domain with all below it, ".domain" or "*.domain" for
 * those below it only; each but a range with or without a port. */
bool proxy_bypassed(const char *host, unsigned port, const ign_texts *none);
