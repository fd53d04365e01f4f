// SPDX-License-Identifier: Apache-2.0
/* See fields.h. */
#include "lib/oci/fields.h"
#include <errno.h>

#define NODES_MAX 200000

int oci_parse_json(const char *text, size_t size, struct json *ret, struct error *error)
{
	struct json_problem problem;
	int r = json_parse(text, size, NODES_MAX, ret, &problem);

	if (r == -EBADMSG)
		return error_set(error, r, "byte %u: %s", problem.offset, problem.text);
	if (r < 0)
		return error_set(error, r, r == -E2BIG ? "too much JSON" : "out of memory");
	return 0;
}

int oci_parse_object(const char *text, size_t size, struct json *ret, struct error *error)
{
	struct json json = { 0 };
	int r = oci_parse_json(text, size, &json, error);

	if (r < 0)
		return r;
	if (json.nodes[0].type != JSON_OBJECT) {
		json_free(&json);
		return error_set(error, -EBADMSG, "not a JSON object");
	}
	*ret = json;
	return 0;
}

int oci_text(const struct json *json, uint32_t node, char *out, size_t room)
{
	const struct json_node *at = &json->nodes[node];
	size_t length;

	if (at->type != JSON_STRING)
		return -EBADMSG;
	length = json_unquote(json->text + at->start, at->end - at->start, out, room - 1);
	if (length >= room)
		return -EBADMSG;
	out[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if (out[i] < ' ' || out[i] > '~')
			return -EBADMSG;
	return 0;
}

int oci_member_text(const struct json *json, uint32_t object, const char *name, char *out,
		    size_t room)
{
	uint32_t node = json_member(json, object, name);

	out[0] = '\0';
	return node ? oci_text(json, node, out, room) : -ENOENT;
}

int oci_check_text(const char *text, size_t size, oci_statement *check, const char *digest,
		   const char *place, struct error *error)
{
	struct json json;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	r = check(&json, digest, place, error);
	json_free(&json);
	return r;
}
