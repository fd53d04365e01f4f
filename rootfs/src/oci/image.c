// SPDX-License-Identifier: Apache-2.0
/* See image.h. Must never write a name before what it stands for is there. */
#include "oci/image.h"
#include "lib/jsonwriter.h"
#include "lib/oci/fields.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES_MAX 8192

int image_name(const char *text, char ret[OCI_REFERENCE_BYTES], struct error *error)
{
	struct oci_reference reference;
	int r = oci_reference_parse(text, &reference, error);

	if (r == 0)
		oci_reference_format(&reference, ret);
	return r;
}

int image_put(const struct store *store, const struct image *image, struct error *error)
{
	struct json_writer writer = { 0 };
	char name[STORE_NAME_BYTES];
	int r;

	store_record_name(image->name, name);
	json_put_text(&writer, "{\"name\":");
	json_put_string(&writer, image->name, strlen(image->name));
	json_put_format(&writer, ",\"digest\":\"%s\",\"manifest\":\"%s\",\"pulled\":%" PRId64 "}\n",
			image->digest, image->manifest, image->pulled_s);
	r = writer.failed
		    ? error_set(error, -ENOMEM, "out of memory")
		    : store_put_file(store, store->images, name, writer.text, writer.used, error);
	free(writer.text);
	return r;
}

static int parse(const struct json *json, struct image *ret)
{
	uint32_t pulled = json_member(json, 0, "pulled");
	struct oci_reference reference;

	if (oci_member_text(json, 0, "name", ret->name, sizeof(ret->name)) < 0 ||
	    oci_member_text(json, 0, "digest", ret->digest, sizeof(ret->digest)) < 0 ||
	    oci_member_text(json, 0, "manifest", ret->manifest, sizeof(ret->manifest)) < 0 ||
	    !oci_digest_valid(ret->digest) || !oci_digest_valid(ret->manifest) ||
	    oci_reference_parse(ret->name, &reference, NULL) < 0)
		return -EBADMSG;
	if (reference.digest[0] != '\0' && strcmp(reference.digest, ret->digest) != 0)
		return -EBADMSG;
	if (!pulled || json->nodes[pulled].type != JSON_NUMBER)
		return -EBADMSG;
	return json_integer(json, pulled, &ret->pulled_s);
}

static int read_record(const struct store *store, const char *file, struct image *ret,
		       struct error *error)
{
	AUTO_FREE char *text = NULL;
	struct image image = { 0 };
	char expected[STORE_NAME_BYTES];
	struct json json;
	size_t size;
	int r = store_read_file(store->images, file, RECORD_BYTES_MAX, &text, &size, error);

	if (r == 0)
		r = oci_parse_object(text, size, &json, error);
	if (r < 0)
		return r;
	r = parse(&json, &image);
	json_free(&json);
	store_record_name(image.name, expected);
	if (r < 0 || strcmp(expected, file) != 0)
		return error_set(error, -EBADMSG, "not an image's record");
	*ret = image;
	return 0;
}

int image_get(const struct store *store, const char *name, struct image *ret, struct error *error)
{
	char file[STORE_NAME_BYTES];
	int r;

	store_record_name(name, file);
	r = read_record(store, file, ret, error);
	if (r == -ENOENT)
		return error_set(error, r, "there is no image %s", name);
	return r < 0 ? error_wrap(error, "image %s", name) : 0;
}

int image_remove(const struct store *store, const char *name, struct error *error)
{
	char file[STORE_NAME_BYTES];

	store_record_name(name, file);
	if (unlinkat(store->images, file, 0) < 0 || fsync(store->images) < 0)
		return errno == ENOENT ? error_set(error, -ENOENT, "there is no image %s", name)
				       : error_errno(error, "remove %s", name);
	return 0;
}

struct list {
	const struct store *store;
	struct image *images;
	size_t count, room;
	image_bad *bad;
	void *context;
};

static int add(void *context, const char *file, struct error *error)
{
	struct list *list = context;
	struct error why = { 0 };
	struct image image;
	int r = read_record(list->store, file, &image, &why);

	if (r < 0 && list->bad) {
		list->bad(list->context, file, &why);
		return 0;
	}
	if (r < 0)
		return error_set(error, r, "images/%s: %s", file, why.text);
	if (list->count == list->room) {
		size_t room = list->room * 2 + 16;
		struct image *grown = reallocarray(list->images, room, sizeof(*grown));

		if (!grown)
			return error_set(error, -ENOMEM, "out of memory");
		list->images = grown;
		list->room = room;
	}
	list->images[list->count++] = image;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct image *)a)->name, ((const struct image *)b)->name);
}

int image_list(const struct store *store, struct arena *arena, struct image **ret,
	       size_t *ret_count, image_bad *bad, void *context, struct error *error)
{
	struct list list = { .store = store, .bad = bad, .context = context };
	int r = store_each(store->images, add, &list, error);

	if (list.count > 1)
		qsort(list.images, list.count, sizeof(*list.images), compare);
	if (r == 0) {
		*ret = arena_get(arena, list.count, sizeof(**ret));
		r = *ret ? 0 : error_set(error, -ENOMEM, "out of memory");
	}
	if (r == 0 && list.count > 0)
		memcpy(*ret, list.images, list.count * sizeof(**ret));
	if (r == 0)
		*ret_count = list.count;
	free(list.images);
	return r;
}

static int get_text(const struct store *store, const char *digest, struct arena *arena,
		    const char **ret, size_t *ret_size, struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = store_get_blob(store, digest, &text, ret_size, error);

	if (r < 0)
		return r;
	*ret = arena_copy(arena, text, *ret_size);
	return *ret ? 0 : error_set(error, -ENOMEM, "out of memory");
}

/* So that a digest in a name is that of what runs, whatever the record says. */
static int check_belongs(const struct store *store, const struct image *image, struct arena *arena,
			 struct error *error)
{
	struct oci_document index;
	const char *text;
	size_t size;
	int r;

	if (strcmp(image->digest, image->manifest) == 0)
		return 0;
	r = get_text(store, image->digest, arena, &text, &size, error);
	if (r == 0)
		r = oci_document_parse(text, size, arena, &index, error);
	for (size_t i = 0; r == 0 && index.index && i < index.count; i++)
		if (strcmp(index.parts[i].digest, image->manifest) == 0)
			return 0;
	return r < 0 ? r
		     : error_set(error, -EBADMSG, "its manifest %s is not in %s", image->manifest,
				 image->digest);
}

int image_read(const struct store *store, const struct image *image, struct arena *arena,
	       struct image_parts *ret, struct error *error)
{
	int r = check_belongs(store, image, arena, error);

	if (r == 0)
		r = get_text(store, image->manifest, arena, &ret->manifest_text,
			     &ret->manifest_size, error);
	if (r == 0)
		r = oci_document_parse(ret->manifest_text, ret->manifest_size, arena,
				       &ret->manifest, error);
	if (r == 0 && ret->manifest.index)
		r = error_set(error, -EBADMSG, "its manifest is an index");
	if (r == 0)
		r = get_text(store, ret->manifest.config.digest, arena, &ret->config_text,
			     &ret->config_size, error);
	if (r == 0)
		r = oci_config_parse(ret->config_text, ret->config_size, arena, &ret->config,
				     error);
	if (r == 0 && ret->config.count != ret->manifest.count)
		r = error_set(error, -EBADMSG, "its configuration has another number of layers");
	return r < 0 ? error_wrap(error, "image %s", image->name) : 0;
}
