// SPDX-License-Identifier: Apache-2.0
/* See cosign.h. Must never read a member by another name than the one that was signed. */
#include "lib/oci/cosign.h"
#include "lib/base64.h"
#include "lib/oci/fields.h"
#include "lib/oci/reference.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PAYLOAD_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"
#define ANNOTATION "dev.cosignproject.cosign/signature"
#define STATEMENT "cosign container image signature"

void oci_signature_tag(const char *digest, const char *suffix, char ret[OCI_SIGNATURE_TAG_BYTES])
{
	snprintf(ret, OCI_SIGNATURE_TAG_BYTES, "sha256-%.64s%.8s", oci_digest_hex(digest), suffix);
}

/* Takes one item of a list into ret, which is zeros, or passes it over. */
typedef bool get_item(const struct json *json, uint32_t node, struct arena *arena, void *ret);

static bool get_signature(const struct json *json, uint32_t node, struct arena *arena, void *ret)
{
	struct oci_signature *out = ret;
	uint32_t annotations = json_member(json, node, "annotations");
	char text[OCI_SIGNATURE_BYTES_MAX * 4 / 3], type[OCI_TYPE_BYTES];
	unsigned char bytes[BASE64_ROOM(sizeof(text))];
	size_t size;

	if (oci_descriptor_parse(json, node, arena, &out->payload, type, NULL) < 0 ||
	    out->payload.size_bytes > OCI_PAYLOAD_BYTES_MAX)
		return false;
	out->bundle = strcmp(type, OCI_BUNDLE_TYPE) == 0;
	if (out->bundle)
		return true;
	if (strcmp(type, PAYLOAD_TYPE) != 0 || !annotations ||
	    oci_member_text(json, annotations, ANNOTATION, text, sizeof(text)) < 0 ||
	    base64_decode(text, strlen(text), (char *)bytes, &size) < 0 || size == 0 ||
	    size > sizeof(out->bytes))
		return false;
	memcpy(out->bytes, bytes, size);
	out->size = size;
	return true;
}

static bool get_referrer(const struct json *json, uint32_t node, struct arena *arena, void *ret)
{
	char type[OCI_TYPE_BYTES], artifact[OCI_TYPE_BYTES];

	return oci_descriptor_parse(json, node, arena, ret, type, NULL) == 0 &&
	       oci_member_text(json, node, "artifactType", artifact, sizeof(artifact)) == 0 &&
	       (strcmp(artifact, OCI_SIGNATURE_TYPE) == 0 ||
		strcmp(artifact, OCI_BUNDLE_TYPE) == 0);
}

/* Items of the list that the text's object has by that name. */
static int get_list(const char *text, size_t size, const char *name, get_item *get,
		    size_t item_bytes, struct arena *arena, void **ret, size_t *ret_count,
		    struct error *error)
{
	struct json json;
	size_t count = 0;
	uint32_t list;
	char *items;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	list = json_member(&json, 0, name);
	if (!list || json.nodes[list].type != JSON_ARRAY ||
	    json.nodes[list].count > OCI_SIGNATURES_MAX)
		r = error_set(error, -EBADMSG, "no list of %s, or one that is too long", name);
	items = arena_get(arena, OCI_SIGNATURES_MAX, item_bytes);
	if (r == 0 && !items)
		r = error_set(error, -ENOMEM, "out of memory");
	for (uint32_t at = r == 0 ? json_first(&json, list) : 0; at; at = json.nodes[at].next)
		count += get(&json, at, arena, items + count * item_bytes);
	json_free(&json);
	*ret = items;
	*ret_count = count;
	return r;
}

int oci_signatures_parse(const char *text, size_t size, struct arena *arena,
			 struct oci_signature **ret, size_t *ret_count, struct error *error)
{
	void *items;
	int r = get_list(text, size, "layers", get_signature, sizeof(**ret), arena, &items,
			 ret_count, error);

	*ret = items;
	return r;
}

int oci_referrers_parse(const char *text, size_t size, struct arena *arena,
			struct oci_descriptor **ret, size_t *ret_count, struct error *error)
{
	void *items;
	int r = get_list(text, size, "manifests", get_referrer, sizeof(**ret), arena, &items,
			 ret_count, error);

	*ret = items;
	return r;
}

/* A text within critical: of a member of one of its members, or (group NULL) of its own. */
static int critical_text(const struct json *json, const char *group, const char *name, char *out,
			 size_t room)
{
	uint32_t node = json_member(json, 0, "critical");

	if (node && group)
		node = json_member(json, node, group);
	return node ? oci_member_text(json, node, name, out, room) : -ENOENT;
}

static int check_place(const struct json *json, const char *place, struct error *error)
{
	char name[OCI_REFERENCE_BYTES], signed_place[OCI_PLACE_BYTES];
	struct oci_reference reference;

	if (critical_text(json, "identity", "docker-reference", name, sizeof(name)) < 0 ||
	    oci_reference_parse(name, &reference, NULL) < 0)
		return error_set(error, -EBADMSG, "it does not say which image it is about");
	oci_reference_place(&reference, signed_place);
	if (strcmp(signed_place, place) != 0)
		return error_set(error, -EBADMSG, "it is about %.200s, not %.200s", signed_place,
				 place);
	return 0;
}

static int check(const struct json *json, const char *digest, const char *place,
		 struct error *error)
{
	char text[OCI_REFERENCE_BYTES];

	if (critical_text(json, NULL, "type", text, sizeof(text)) < 0 ||
	    strcmp(text, STATEMENT) != 0)
		return error_set(error, -EBADMSG, "it is no statement about an image");
	if (critical_text(json, "image", "docker-manifest-digest", text, sizeof(text)) < 0 ||
	    strcmp(text, digest) != 0)
		return error_set(error, -EBADMSG, "it is about another digest");
	return place ? check_place(json, place, error) : 0;
}

int oci_payload_check(const char *text, size_t size, const char *digest, const char *place,
		      struct error *error)
{
	return oci_check_text(text, size, check, digest, place, error);
}
