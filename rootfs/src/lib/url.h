// SPDX-License-Identifier: Apache-2.0
/* URLs, taken apart as far as Ignition's rules need it and accepted exactly where Go's net/url does
 * (RFC 3986, with its leniency). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct url {
	char scheme[16];    /* lower case; empty: none, or one longer than any that is known */
	const char *opaque; /* what follows a scheme without a slash; else empty */
	size_t opaque_length;
	const char *query;
	size_t query_length;
};

/* The texts of the result lie within the given one. Returns 0 or -EINVAL. */
int url_parse(const char *text, size_t size, struct url *ret);

/* The first parameter of that name that can be decoded. Returns whether there is one, and whether
 * it is empty. */
bool url_query(const struct url *url, const char *name, bool *ret_empty);

/* Checks a data: URL (RFC 2397), as the Go package vincent-petithory/dataurl does. Returns NULL or
 * what is wrong with it. */
const char *url_check_data(const char *text, size_t size);

/* Decodes a data: URL into new memory, at most as long as the URL; the caller frees it, a
 * terminator stands behind it. Returns 0, -ENOMEM, or -EINVAL for one that url_check_data complains
 * about. */
int url_decode_data(const char *text, size_t size, char **ret, size_t *ret_size);

/* Room that url_shown needs at most. */
#define URL_SHOWN_BYTES 256

/* The URL as it may be shown: without user, password, query and fragment, which can be secrets, and
 * without what does not print; of a data: URL the scheme alone. A long one is cut. */
void url_shown(const char *text, size_t size, char out[URL_SHOWN_BYTES]);
