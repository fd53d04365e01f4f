// SPDX-License-Identifier: Apache-2.0
/* What a registry wants to see before it answers: WWW-Authenticate (RFC 9110, section 11.6.1), the
 * token that a bearer of it gets, and what auth.json (containers-auth.json(5), docker's
 * config.json) has for it. */
#pragma once
#include "lib/error.h"
#include "lib/oci/reference.h"
#include <stdbool.h>

#define OCI_TOKEN_BYTES 16384
#define OCI_SECRET_BYTES 4096

struct oci_challenge {
	bool basic, bearer;
	char realm[1024], service[256], scope[512]; /* of the bearer's; may be empty */
};

/* One header's value, or several with commas between. Schemes that are not known are passed over.
 * Returns 0, or -EBADMSG for
 * quotes without an end. */
int oci_challenge_parse(const char *text, struct oci_challenge *ret);

/* The URL that gives a token; query parts are encoded. Returns 0 or -ENAMETOOLONG. */
int oci_challenge_url(const struct oci_challenge *challenge, const char *scope, char *out,
		      size_t room);

/* Out of the answer of that URL. -EBADMSG: there is none, or it cannot be sent in a header. */
int oci_token_parse(const char *text, size_t size, char ret[OCI_TOKEN_BYTES], struct error *error);

/* The base64 of USER:PASSWORD for an image's repository: of REGISTRY/PART/OF/REPOSITORY the longest
 * that has an entry, then REGISTRY, for docker.io https://index.docker.io/v1/ too. -ENOENT: there
 * is none; -EBADMSG: the file or the entry cannot be read. */
int oci_auth_find(const char *text, size_t size, const struct oci_reference *reference,
		  char ret[OCI_SECRET_BYTES], struct error *error);
