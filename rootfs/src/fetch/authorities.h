// SPDX-License-Identifier: Apache-2.0
/* Whom TLS trusts: the system's certificate authorities and those that a config names (spec 3.x,
 * ignition.security.tls.certificateAuthorities). */
#pragma once
#include "lib/error.h"
#include "lib/ignition/config.h"

struct fetcher;

/* All zeros: the system's alone. Ends with authorities_free. */
struct authorities {
	char *bundle; /* in PEM: the system's and the config's; NULL: the system's alone */
	size_t bundle_size;
	struct authority
		*fetched; /* each once, as the same ones are named again by merged configs */
	size_t fetched_count;
};

/* Trusts these besides the system's, in the place of those before; an empty list changes nothing.
 * Fetches those that are new. On failure nothing changes but what was fetched. */
int authorities_set(struct authorities *authorities, struct fetcher *fetcher,
		    const ign_resources *wanted, struct error *error);

void authorities_free(struct authorities *authorities);
