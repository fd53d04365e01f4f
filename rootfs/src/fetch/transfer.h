// SPDX-License-Identifier: Apache-2.0
/*
 * A long body over a network that may fail: what was cut is asked for again from where it ended
 * (HTTP's Range, RFC 9110, section 14), or from the start when the server or the protocol has no
 * such thing, and what is known already is left out. Whether it is one and the same body, only its
 * hash can say.
 */
#pragma once
#include "fetch/transport.h"

struct transfer {
	const char *url; /* http:, https: or tftp: */
	transport_sink *sink;
	void *context;
	unsigned stall_s;                 /* nothing for so long is as a cut */
	uint64_t done_bytes, total_bytes; /* so far; 0: not known. For the sink to look at. */
	int sink_result;                  /* below 0: the sink's error, which no server can mend */
	/* inner */
	uint64_t skip_bytes;
};

/* Goes on until it is whole, or the sink fails; every cut is logged. Errors as transport_fetch's;
 * -EIO is only ever the sink's. */
int transfer_run(struct fetcher *fetcher, struct transfer *transfer, struct error *error);
