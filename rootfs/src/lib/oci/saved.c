// SPDX-License-Identifier: Apache-2.0
/* See saved.h. */
#include "lib/oci/saved.h"
#include "lib/oci/fields.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define TYPE "application/vnd.oci.image."

/* null is an empty one. */
static int get_texts(const struct json *json, uint32_t list, size_t max, struct arena *arena,
		     const char ***ret, size_t *ret_count)
{
	const struct json_node *node = &json->nodes[list];
	size_t count = 0;
	const char **texts;
	char text[PATH_MAX];

	if (list && node->type != JSON_ARRAY && node->type != JSON_NULL)
		return -EBADMSG;
	if (!list || node->type == JSON_NULL)
		return 0;
	if (node->count > max)
		return -EBADMSG;
	texts = arena_get(arena, node->count, sizeof(*texts));
	if (!texts)
		return -ENOMEM;
	for (uint32_t at = json_first(json, list); at; at = json->nodes[at].next) {
		if (oci_text(json, at, text, sizeof(text)) < 0)
			return -EBADMSG;
		texts[count] = arena_copy(arena, text, strlen(text));
		if (!texts[count++])
			return -ENOMEM;
	}
	*ret = texts;
	*ret_count = count;
	return 0;
}

/* As Docker reads it: what comes before the first slash is a registry if it can be no other. */
static const char *full_name(const char *name, struct arena *arena)
{
	size_t first = strcspn(name, "/");

	if (name[first] == '\0')
		return arena_format(arena, "docker.io/library/%s", name);
	if (strcspn(name, ".:") < first || (first == 9 && strncmp(name, "localhost", 9) == 0))
		return name;
	return arena_format(arena, "docker.io/%s", name);
}

static int get_image(const struct json *json, uint32_t node, struct arena *arena,
		     struct oci_saved *ret)
{
	char path[PATH_MAX];
	int r = oci_member_text(json, node, "Config", path, sizeof(path));

	if (r < 0 || path[0] == '\0')
		return -EBADMSG;
	ret->config = arena_copy(arena, path, strlen(path));
	r = get_texts(json, json_member(json, node, "Layers"), OCI_LAYERS_MAX, arena, &ret->layers,
		      &ret->layer_count);
	if (r == 0)
		r = get_texts(json, json_member(json, node, "RepoTags"), OCI_INDEX_MAX, arena,
			      &ret->names, &ret->name_count);
	for (size_t i = 0; r == 0 && i < ret->name_count; i++)
		ret->names[i] = full_name(ret->names[i], arena);
	return r == 0 && !ret->config ? -ENOMEM : r;
}

static int get_images(const struct json *json, struct arena *arena, struct oci_saved_list *ret,
		      struct error *error)
{
	const struct json_node *top = &json->nodes[0];
	int r = 0;

	if (top->type != JSON_ARRAY || top->count > OCI_INDEX_MAX)
		return error_set(error, -EBADMSG, "no list of up to %d images", OCI_INDEX_MAX);
	*ret = (struct oci_saved_list){ arena_get(arena, top->count, sizeof(*ret->at)), 0 };
	if (!ret->at)
		return error_set(error, -ENOMEM, "out of memory");
	for (uint32_t at = json_first(json, 0); at && r == 0; at = json->nodes[at].next)
		r = get_image(json, at, arena, &ret->at[ret->count++]);
	if (r == -EBADMSG)
		return error_set(error, r,
				 "image %zu: no Config, or Layers or RepoTags that are no texts",
				 ret->count);
	return r < 0 ? error_set(error, r, "out of memory") : 0;
}

int oci_saved_parse(const char *text, size_t size, struct arena *arena, struct oci_saved_list *ret,
		    struct error *error)
{
	struct json json;
	int r = oci_parse_json(text, size, &json, error);

	if (r < 0)
		return r;
	r = get_images(&json, arena, ret, error);
	json_free(&json);
	return r;
}

static void put(struct json_writer *writer, const char *type,
		const struct oci_descriptor *descriptor)
{
	json_put_format(writer,
			"{\"mediaType\":\"" TYPE "%s\",\"digest\":\"%s\",\"size\":%" PRIu64 "}",
			type, descriptor->digest, descriptor->size_bytes);
}

void oci_saved_manifest(const struct oci_descriptor *config, const struct oci_descriptor *layers,
			size_t count, struct json_writer *writer)
{
	json_put_text(writer, "{\"schemaVersion\":2,\"mediaType\":\"" TYPE "manifest.v1+json\","
			      "\"config\":");
	put(writer, "config.v1+json", config);
	json_put_text(writer, ",\"layers\":[");
	for (size_t i = 0; i < count; i++) {
		json_put_text(writer, i > 0 ? "," : "");
		put(writer, "layer.v1.tar", &layers[i]);
	}
	json_put_text(writer, "]}");
}
