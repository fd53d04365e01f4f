// SPDX-License-Identifier: Apache-2.0
/* See bundle.h. Must never hand out a statement but from within the text that was signed. */
#include "lib/oci/bundle.h"
#include "lib/base64.h"
#include "lib/oci/digest.h"
#include "lib/oci/fields.h"
#include "lib/oci/reference.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PAYLOAD_TYPE "application/vnd.in-toto+json"
#define STATEMENT_TYPE "https://in-toto.io/Statement/v"
#define PREDICATE_TYPE "https://sigstore.dev/cosign/sign/v1"
#define HEAD_BYTES 64

static int bad(struct error *error, const char *what)
{
	return error_set(error, -EBADMSG, "%s", what);
}

/* Room for head bytes, then what a string that is base64 stands for. NULL: it is not. */
static char *decode(const struct json *json, uint32_t node, struct arena *arena, size_t head,
		    size_t *ret_size)
{
	const struct json_node *at = &json->nodes[node];
	size_t length = at->end - at->start;
	char *text = arena_get(arena, length, 1), *bytes;

	if (!node || at->type != JSON_STRING || !text)
		return NULL;
	length = json_unquote(json->text + at->start, length, text, length);
	bytes = arena_get(arena, head + BASE64_ROOM(length) + 1, 1);
	return bytes && base64_decode(text, length, bytes + head, ret_size) == 0 ? bytes : NULL;
}

/* "DSSEv1", the type and the payload, the last two with their lengths in front (DSSE 1.0, PAE). */
static int get_text(const struct json *json, uint32_t payload, struct arena *arena,
		    struct oci_envelope *ret)
{
	char head[HEAD_BYTES];
	char *bytes = decode(json, payload, arena, HEAD_BYTES, &ret->statement_size);
	size_t length;

	if (!bytes)
		return -EBADMSG;
	length = (size_t)snprintf(head, sizeof(head), "DSSEv1 %zu %s %zu ", strlen(PAYLOAD_TYPE),
				  PAYLOAD_TYPE, ret->statement_size);
	ret->statement = bytes + HEAD_BYTES;
	ret->text = memcpy(bytes + HEAD_BYTES - length, head, length);
	ret->size = length + ret->statement_size;
	return 0;
}

static int get_envelope(const struct json *json, struct arena *arena, struct oci_envelope *ret)
{
	uint32_t envelope = json_member(json, 0, "dsseEnvelope"), list, first;
	char type[64];

	list = envelope ? json_member(json, envelope, "signatures") : 0;
	first = list && json->nodes[list].type == JSON_ARRAY ? json_first(json, list) : 0;
	if (!first || oci_member_text(json, envelope, "payloadType", type, sizeof(type)) < 0 ||
	    strcmp(type, PAYLOAD_TYPE) != 0)
		return -EBADMSG;
	ret->signature = (unsigned char *)decode(json, json_member(json, first, "sig"), arena, 0,
						 &ret->signature_size);
	return ret->signature ? get_text(json, json_member(json, envelope, "payload"), arena, ret)
			      : -EBADMSG;
}

int oci_bundle_parse(const char *text, size_t size, struct arena *arena, struct oci_envelope *ret,
		     struct error *error)
{
	struct oci_envelope envelope = { 0 };
	struct json json;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	r = get_envelope(&json, arena, &envelope);
	json_free(&json);
	if (r < 0)
		return bad(error, "not a bundle with a signed statement");
	*ret = envelope;
	return 0;
}

static bool is_about(const struct json *json, uint32_t subject, const char *digest,
		     const char *place)
{
	uint32_t digests = json_member(json, subject, "digest");
	char text[OCI_REFERENCE_BYTES], named[OCI_PLACE_BYTES];
	struct oci_reference reference;

	if (!digests || oci_member_text(json, digests, "sha256", text, sizeof(text)) < 0 ||
	    strcmp(text, oci_digest_hex(digest)) != 0)
		return false;
	if (!place)
		return true;
	if (oci_member_text(json, subject, "name", text, sizeof(text)) < 0 ||
	    oci_reference_parse(text, &reference, NULL) < 0)
		return false;
	oci_reference_place(&reference, named);
	return strcmp(named, place) == 0;
}

static int check(const struct json *json, const char *digest, const char *place,
		 struct error *error)
{
	uint32_t list = json_member(json, 0, "subject");
	char text[128];

	if (oci_member_text(json, 0, "_type", text, sizeof(text)) < 0 ||
	    strncmp(text, STATEMENT_TYPE, strlen(STATEMENT_TYPE)) != 0 ||
	    oci_member_text(json, 0, "predicateType", text, sizeof(text)) < 0 ||
	    strcmp(text, PREDICATE_TYPE) != 0 || !list || json->nodes[list].type != JSON_ARRAY)
		return bad(error, "it is no statement about an image");
	for (uint32_t at = json_first(json, list); at; at = json->nodes[at].next)
		if (is_about(json, at, digest, place))
			return 0;
	return bad(error, place ? "it is about another digest, or does not name the image "
				  "(signed-as=any takes it)"
				: "it is about another digest");
}

int oci_statement_check(const char *text, size_t size, const char *digest, const char *place,
			struct error *error)
{
	return oci_check_text(text, size, check, digest, place, error);
}
