// SPDX-License-Identifier: Apache-2.0
/* What an exchange says and by which way it goes: headers, proxy, whether it needs a network. The
 * environment has no say in it. */
#pragma once
#include "fetch/exchange.h"
#include <curl/curl.h>

/* A part of a URL into a buffer; brackets of an address come off. Returns 0, -EINVAL (not there) or
 * -ENAMETOOLONG. */
int route_part(CURLU *url, CURLUPart part, char *out, size_t room);

/* Our own headers and the config's, which count before ours. The list is the caller's to free, also
 * after false (no memory). */
bool route_headers(const struct exchange *exchange, struct curl_slist **ret);

/* The settings' proxy for this URL; NULL: directly. */
const char *route_proxy(const struct exchange *exchange, CURLU *url, const char *host);

/* Has the network brought up, unless the connection (to the proxy, if there is one) stays in this
 * machine. Errors are network_up's. */
int route_network(const char *host, const char *proxy, struct error *error);
