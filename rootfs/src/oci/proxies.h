// SPDX-License-Identifier: Apache-2.0
/* The proxies that the environment names, as other tools read it. */
#pragma once
#include "fetch/transport.h"

struct proxies {
	const char *http, *https; /* URLs; NULL: none */
	ign_texts none;           /* its texts are the environment's */
};

/* Of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case. -ENOMEM. */
int proxies_read(struct proxies *ret, struct error *error);
void proxies_free(struct proxies *proxies);
