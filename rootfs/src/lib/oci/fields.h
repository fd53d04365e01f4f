// SPDX-License-Identifier: Apache-2.0
/* Members of JSON objects as the values that are wanted. */
#pragma once
#include "lib/error.h"
#include "lib/json.h"

/* json_parse with the trouble as an error (-EBADMSG). json_free is needed after 0 only. */
int oci_parse_json(const char *text, size_t size, struct json *ret, struct error *error);

/* The same with an object at the top. */
int oci_parse_object(const char *text, size_t size, struct json *ret, struct error *error);

/* What a statement says of the digest and the place that it should be about. */
typedef int oci_statement(const struct json *json, const char *digest, const char *place,
			  struct error *error);

/* The same for one that is a text. */
int oci_check_text(const char *text, size_t size, oci_statement *check, const char *digest,
		   const char *place, struct error *error);

/* The value of a node that is a string, into out. Returns 0, or -EBADMSG for another type, a text
 * that does not fit, or one with characters that do not print. */
int oci_text(const struct json *json, uint32_t node, char *out, size_t room);

/* The same of a member. -ENOENT with out empty: there is none. */
int oci_member_text(const struct json *json, uint32_t object, const char *name, char *out,
		    size_t room);
