// SPDX-License-Identifier: Apache-2.0
/* See manifest.h. Must never take a text for a manifest that another reader may take for an index.
 */
#include "lib/oci/manifest.h"
#include "lib/oci/fields.h"
#include <errno.h>
#include <string.h>

#define OCI "application/vnd.oci.image."
#define DOCKER "application/vnd.docker."
#define NAME_BYTES 256

const char oci_manifest_types[] =
	OCI "index.v1+json, " OCI "manifest.v1+json, " DOCKER
	    "distribution.manifest.list.v2+json, " DOCKER "distribution.manifest.v2+json";

static const char *const index_types[] = {
	OCI "index.v1+json",
	DOCKER "distribution.manifest.list.v2+json",
};
static const char *const manifest_types[] = {
	OCI "manifest.v1+json",
	DOCKER "distribution.manifest.v2+json",
};
static const char *const config_types[] = {
	OCI "config.v1+json",
	DOCKER "container.image.v1+json",
};
static const char *const layer_types[] = {
	OCI "layer.v1.tar",
	OCI "layer.v1.tar+gzip",
	OCI "layer.v1.tar+zstd",
	DOCKER "image.rootfs.diff.tar",
	DOCKER "image.rootfs.diff.tar.gzip",
	DOCKER "image.rootfs.diff.tar.zstd",
	DOCKER "image.rootfs.diff.tar+gzip",
	DOCKER "image.rootfs.diff.tar+zstd",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool among(const char *type, const char *const list[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(type, list[i]) == 0)
			return true;
	return false;
}

static int bad(struct error *error, const char *what)
{
	return error_set(error, -EBADMSG, "%s", what);
}

static int get_size(const struct json *json, uint32_t node, uint64_t *ret)
{
	uint32_t member = json_member(json, node, "size");
	int64_t value = -1;

	if (!member || json->nodes[member].type != JSON_NUMBER ||
	    json_integer(json, member, &value) < 0 || value < 0)
		return -EBADMSG;
	*ret = (uint64_t)value;
	return 0;
}

static int get_platform(const struct json *json, uint32_t node, struct oci_platform *ret)
{
	int os = oci_member_text(json, node, "os", ret->os, sizeof(ret->os));
	int architecture = oci_member_text(json, node, "architecture", ret->architecture,
					   sizeof(ret->architecture));
	int variant = oci_member_text(json, node, "variant", ret->variant, sizeof(ret->variant));

	oci_platform_normalise(ret);
	return os == -EBADMSG || architecture == -EBADMSG || variant == -EBADMSG ? -EBADMSG : 0;
}

static int get_name(const struct json *json, uint32_t node, struct arena *arena, const char **ret)
{
	uint32_t annotations = json_member(json, node, "annotations");
	char name[NAME_BYTES];

	/* docker save gives the whole name apart, and the tag alone as the other one. */
	if (!annotations || (oci_member_text(json, annotations, "io.containerd.image.name", name,
					     sizeof(name)) < 0 &&
			     oci_member_text(json, annotations, "org.opencontainers.image.ref.name",
					     name, sizeof(name)) < 0))
		return 0;
	*ret = arena_copy(arena, name, strlen(name));
	return *ret ? 0 : -ENOMEM;
}

int oci_descriptor_parse(const struct json *json, uint32_t node, struct arena *arena,
			 struct oci_descriptor *ret, char ret_type[OCI_TYPE_BYTES],
			 struct error *error)
{
	uint32_t platform;

	if (!node || json->nodes[node].type != JSON_OBJECT)
		return bad(error, "a descriptor is no object");
	if (oci_member_text(json, node, "digest", ret->digest, sizeof(ret->digest)) < 0 ||
	    !oci_digest_valid(ret->digest))
		return bad(error, "a descriptor has no digest of SHA-256");
	if (get_size(json, node, &ret->size_bytes) < 0)
		return bad(error, "a descriptor has no size");
	if (oci_member_text(json, node, "mediaType", ret_type, OCI_TYPE_BYTES) < 0)
		return bad(error, "a descriptor has no media type");
	platform = json_member(json, node, "platform");
	if (platform && get_platform(json, platform, &ret->platform) < 0)
		return bad(error, "a platform cannot be read");
	return get_name(json, node, arena, &ret->name) < 0
		       ? error_set(error, -ENOMEM, "out of memory")
		       : 0;
}

/* types: those that are taken; NULL: any. */
static int get_descriptor(const struct json *json, uint32_t node, const char *const types[],
			  size_t type_count, struct arena *arena, struct oci_descriptor *ret,
			  struct error *error)
{
	char type[OCI_TYPE_BYTES];
	int r = oci_descriptor_parse(json, node, arena, ret, type, error);

	if (r == 0 && types && !among(type, types, type_count))
		return error_set(error, -EBADMSG, "media type %s is not for images", type);
	return r;
}

static int get_parts(const struct json *json, uint32_t list, size_t max, struct arena *arena,
		     struct oci_document *out, struct error *error)
{
	const char *const *types = out->index ? NULL : layer_types;
	int r = 0;

	if (json->nodes[list].type != JSON_ARRAY)
		return bad(error, "layers or manifests are no list");
	if (json->nodes[list].count > max)
		return error_set(error, -EBADMSG, "over %zu layers or manifests", max);
	out->parts = arena_get(arena, json->nodes[list].count, sizeof(*out->parts));
	if (!out->parts)
		return error_set(error, -ENOMEM, "out of memory");
	for (uint32_t at = json_first(json, list); at && r == 0; at = json->nodes[at].next)
		r = get_descriptor(json, at, types, COUNT(layer_types), arena,
				   &out->parts[out->count++], error);
	return r;
}

static int check_head(const struct json *json, bool index, struct error *error)
{
	uint32_t version = json_member(json, 0, "schemaVersion");
	int64_t number = 0;
	char type[128];

	if (!version || json->nodes[version].type != JSON_NUMBER ||
	    json_integer(json, version, &number) < 0 || number != 2)
		return bad(error, "not of schema version 2");
	if (oci_member_text(json, 0, "mediaType", type, sizeof(type)) == -ENOENT)
		return 0;
	if (!among(type, index ? index_types : manifest_types, 2))
		return bad(error, "its media type says that it is something else");
	return 0;
}

static int read_document(const struct json *json, struct arena *arena, struct oci_document *out,
			 struct error *error)
{
	uint32_t manifests = json_member(json, 0, "manifests");
	uint32_t layers = json_member(json, 0, "layers"), config = json_member(json, 0, "config");
	int r;

	if (manifests ? layers || config : !layers || !config)
		return bad(error, "neither a manifest nor an index of images");
	out->index = manifests != 0;
	r = check_head(json, out->index, error);
	if (r < 0)
		return r;
	if (out->index)
		return get_parts(json, manifests, OCI_INDEX_MAX, arena, out, error);
	r = get_descriptor(json, config, config_types, COUNT(config_types), arena, &out->config,
			   error);
	return r < 0 ? r : get_parts(json, layers, OCI_LAYERS_MAX, arena, out, error);
}

int oci_document_parse(const char *text, size_t size, struct arena *arena, struct oci_document *ret,
		       struct error *error)
{
	struct oci_document out = { 0 };
	struct json json;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	r = read_document(&json, arena, &out, error);
	json_free(&json);
	if (r == 0)
		*ret = out;
	return r;
}

static int read_config(const struct json *json, struct arena *arena, struct oci_config *out,
		       struct error *error)
{
	uint32_t rootfs = json_member(json, 0, "rootfs");
	uint32_t list = rootfs ? json_member(json, rootfs, "diff_ids") : 0;

	if (get_platform(json, 0, &out->platform) < 0)
		return bad(error, "its platform cannot be read");
	if (!list || json->nodes[list].type != JSON_ARRAY ||
	    json->nodes[list].count > OCI_LAYERS_MAX)
		return bad(error, "it has no list of layers");
	out->diff_ids = arena_get(arena, json->nodes[list].count, sizeof(*out->diff_ids));
	if (!out->diff_ids)
		return error_set(error, -ENOMEM, "out of memory");
	for (uint32_t at = json_first(json, list); at; at = json->nodes[at].next) {
		char *id = out->diff_ids[out->count++];

		if (oci_text(json, at, id, OCI_DIGEST_BYTES) < 0 || !oci_digest_valid(id))
			return bad(error, "a diff_id is no digest of SHA-256");
	}
	return 0;
}

int oci_config_parse(const char *text, size_t size, struct arena *arena, struct oci_config *ret,
		     struct error *error)
{
	struct oci_config out = { 0 };
	struct json json;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	r = read_config(&json, arena, &out, error);
	json_free(&json);
	if (r == 0)
		*ret = out;
	return r;
}

/* An index may have a single manifest that does not say what it is for; its configuration will. */
int oci_index_choose(const struct oci_document *index, const struct oci_platform *machine,
		     const struct oci_descriptor **ret, struct error *error)
{
	const struct oci_descriptor *best = NULL;
	unsigned best_match = 0;

	for (size_t i = 0; i < index->count; i++) {
		unsigned match = oci_platform_match(&index->parts[i].platform, machine);

		if (match > best_match) {
			best_match = match;
			best = &index->parts[i];
		}
	}
	if (!best && index->count == 1 && index->parts[0].platform.os[0] == '\0')
		best = &index->parts[0];
	if (!best)
		return error_set(error, -ENOENT, "there is no image for %s/%s/%s", machine->os,
				 machine->architecture, machine->variant);
	*ret = best;
	return 0;
}
