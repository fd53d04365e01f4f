// SPDX-License-Identifier: Apache-2.0
/* One request over libcurl and its answer, without redirects or tries: transport_curl.c has those.
 */
#pragma once
#include "fetch/transport.h"
#include "lib/download.h"
#include <stdbool.h>
#include <stdint.h>

struct exchange {
	const struct transport_settings *settings;
	const char *method, *url;
	const struct ign_header *headers;
	size_t headers_count;
	transport_sink *sink;
	void *context;
	uint64_t offset, *ret_bytes; /* as in a transport_request */
	int64_t deadline_ms;         /* by exchange_now_ms; 0: none */

	/* What came of it. */
	long status;            /* of HTTP; 0: no answer */
	char *location;         /* where a redirect leads, absolute; NULL: nowhere */
	char *challenge;        /* WWW-Authenticate, several with commas between; NULL: none */
	char *link;             /* Link (RFC 8288), the first one; NULL: none */
	unsigned retry_after_s; /* how long the server wants to be left alone */
	bool tftp;
	bool delivered; /* the sink has got something, or was offered it */
};

/* Returns 0 when there was a whole answer, whatever its status; the body goes to the sink only if
 * the status says that it is the resource. -EAGAIN: the connection, the name, TLS or the server
 * failed, which may pass; -EIO: the same when the body had begun, of which the sink may have some;
 * -ERANGE: it would begin elsewhere than at the offset; -ETIMEDOUT: the deadline; or the sink's own
 * error. */
int exchange_run(struct exchange *exchange, struct error *error);

/* What its status means: as http_judge has it, but that a part was asked for. */
enum http_verdict exchange_verdict(const struct exchange *exchange);

/* Frees what came of it. */
void exchange_end(struct exchange *exchange);

/* Of a clock that only goes on. */
int64_t exchange_now_ms(void);
