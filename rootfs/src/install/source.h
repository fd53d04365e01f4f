// SPDX-License-Identifier: Apache-2.0
/* Where image, signature and config come from: a URL (http:, https:, tftp:) or the path of a file.
 */
#pragma once
#include "fetch/fetch.h"
#include "fetch/transport.h"
#include <stdbool.h>

bool source_is_url(const char *place);

/* All of it, of at most max_bytes, with a terminator behind it; the caller frees it. */
int source_read(const char *place, struct fetcher *fetcher, size_t max_bytes, char **ret,
		size_t *ret_size, struct error *error);

/* The same of PLACE.sig, the place of a signature; of a URL the path is meant. */
int source_read_signature(const char *place, struct fetcher *fetcher, size_t max_bytes, char **ret,
			  size_t *ret_size, struct error *error);

/* However long it is, to the sink; what a network cuts is gone on with. Tells how far it is. */
int source_stream(const char *place, struct fetcher *fetcher, transport_sink *sink, void *context,
		  struct error *error);
