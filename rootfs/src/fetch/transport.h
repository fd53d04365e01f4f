// SPDX-License-Identifier: Apache-2.0
/*
 * How bytes come over a network. transport_curl.c knows http:, https: and tftp:; transport_none.c
 * refuses each, for tools that reach no network. It neither decompresses nor verifies, and never
 * writes a URL's user, query or fragment into a message.
 */
#pragma once
#include "fetch/fetch.h"
#include "lib/error.h"
#include "lib/ignition/config.h"

struct transport_settings {
	unsigned response_headers_s; /* of one try, from when the request was sent; 0: no limit */
	unsigned total_s;            /* of all tries and the body; 0: no limit */
	unsigned stall_s;       /* a body of which nothing comes for so long is cut; 0: no limit */
	unsigned first_wait_ms; /* after the first try that failed */
	const char *http_proxy, *https_proxy; /* URLs; NULL: none */
	const ign_texts *no_proxy;
	const char *authorities; /* certificates in PEM; NULL: those that the system trusts */
	size_t authorities_size;
	fetch_log *log;
	void *log_context;
};

struct transport_request {
	const char *method, *url;
	const struct ign_header *headers; /* sent to the URL itself, not where it redirects to */
	size_t headers_count;
	uint64_t offset;     /* bytes to leave out at the start; -ERANGE: the server cannot */
	uint64_t *ret_bytes; /* how many come after these, once that is known; or NULL */
};

/* Takes what arrives. Not called before it is known to be the resource. A negative result ends the
 * transfer and is transport_fetch's. */
typedef int transport_sink(void *context, const char *bytes, size_t size, struct error *error);

/* Returns 0 when all of the body has gone to the sink; -EIO when it was cut; errors as
 * fetch_to_memory's. */
int transport_fetch(const struct transport_settings *settings,
		    const struct transport_request *request, transport_sink *sink, void *context,
		    struct error *error);
