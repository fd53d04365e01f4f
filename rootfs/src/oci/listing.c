// SPDX-License-Identifier: Apache-2.0
/* The verbs images, inspect, rm, hold and drop. */
#include "lib/jsonwriter.h"
#include "oci/hold.h"
#include "oci/image.h"
#include "oci/verbs.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t size_of(const struct image_parts *parts)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < parts->manifest.count; i++)
		sum += parts->manifest.parts[i].size_bytes;
	return sum;
}

static int print(struct json_writer *writer, struct error *error)
{
	int r = writer->failed ? error_set(error, -ENOMEM, "out of memory") : 0;

	json_put_text(writer, "\n");
	if (r == 0 && fwrite(writer->text, 1, writer->used, stdout) != writer->used)
		r = error_errno(error, "write");
	free(writer->text);
	return r;
}

static void put_image(struct json_writer *writer, const struct image *image)
{
	json_put_text(writer, "{\"name\":");
	json_put_string(writer, image->name, strlen(image->name));
	json_put_format(writer, ",\"digest\":\"%s\",\"pulled\":%" PRId64, image->digest,
			image->pulled_s);
}

static int print_image(struct json_writer *writer, const struct store *store,
		       const struct image *image, struct error *error)
{
	struct arena arena = { 0 };
	struct image_parts parts;
	int r = image_read(store, image, &arena, &parts, error);

	if (r == 0 && writer) {
		if (writer->used > 1)
			json_put_text(writer, ",");
		put_image(writer, image);
		json_put_format(writer, ",\"layers\":%zu,\"size\":%" PRIu64 "}",
				parts.manifest.count, size_of(&parts));
	} else if (r == 0) {
		printf("%s %.19s %zu layers %.1f MB\n", image->name, image->digest,
		       parts.manifest.count, (double)size_of(&parts) / 1e6);
	}
	arena_free(&arena);
	return r;
}

static int print_all(const struct options *options, const struct store *store,
		     const struct image *images, size_t count, struct error *error)
{
	struct json_writer writer = { 0 };
	int r = 0;

	if (options->json)
		json_put_text(&writer, "[");
	for (size_t i = 0; i < count && r == 0; i++)
		r = print_image(options->json ? &writer : NULL, store, &images[i], error);
	if (r < 0 || !options->json) {
		free(writer.text);
		return r;
	}
	json_put_text(&writer, "]");
	return print(&writer, error);
}

int verb_images(const struct options *options, struct error *error)
{
	struct arena arena = { 0 };
	struct image *images;
	struct store store;
	size_t count;
	int r = store_open(options->store, false, &store, error);

	if (r < 0)
		return r;
	r = image_list(&store, &arena, &images, &count, NULL, NULL, error);
	if (r == 0)
		r = print_all(options, &store, images, count, error);
	arena_free(&arena);
	store_close(&store);
	return r;
}

/* The documents were parsed, so they may stand in another one as they are. */
static int print_parts(const struct options *options, const struct image *image,
		       const struct image_parts *parts, struct error *error)
{
	struct json_writer writer = { 0 };

	put_image(&writer, image);
	json_put_format(&writer, ",\"manifest_digest\":\"%s\",\"layers\":[", image->manifest);
	for (size_t i = 0; i < parts->manifest.count; i++) {
		const char *id = parts->config.diff_ids[i];
		char path[1024];
		int length = snprintf(path, sizeof(path), "%s/layers/sha256/%s/diff",
				      options->store, oci_digest_hex(id));

		json_put_format(&writer,
				"%s{\"diff_id\":\"%s\",\"digest\":\"%s\",\"size\":%" PRIu64
				",\"path\":",
				i > 0 ? "," : "", id, parts->manifest.parts[i].digest,
				parts->manifest.parts[i].size_bytes);
		json_put_string(&writer, path, (size_t)length < sizeof(path) ? (size_t)length : 0);
		json_put_text(&writer, "}");
	}
	json_put_text(&writer, "],\"manifest\":");
	json_put(&writer, parts->manifest_text, parts->manifest_size);
	json_put_text(&writer, ",\"config\":");
	json_put(&writer, parts->config_text, parts->config_size);
	json_put_text(&writer, "}");
	return print(&writer, error);
}

/* The image's name in full, and the store. */
static int open_for(const struct options *options, const char *name, char full[OCI_REFERENCE_BYTES],
		    struct store *store, struct error *error)
{
	int r = image_name(name, full, error);

	return r < 0 ? r : store_open(options->store, false, store, error);
}

int verb_inspect(const struct options *options, const char *name, struct error *error)
{
	char full[OCI_REFERENCE_BYTES];
	struct arena arena = { 0 };
	struct image_parts parts;
	struct image image;
	struct store store;
	int r = open_for(options, name, full, &store, error);

	if (r < 0)
		return r;
	r = image_get(&store, full, &image, error);
	if (r == 0)
		r = image_read(&store, &image, &arena, &parts, error);
	if (r == 0)
		r = print_parts(options, &image, &parts, error);
	arena_free(&arena);
	store_close(&store);
	return r;
}

int verb_remove(const struct options *options, const char *name, struct error *error)
{
	char full[OCI_REFERENCE_BYTES];
	struct store store;
	int r = open_for(options, name, full, &store, error);

	if (r < 0)
		return r;
	r = image_remove(&store, full, error);
	store_close(&store);
	return r;
}

static int print_hold(const struct hold *hold, struct error *error)
{
	struct json_writer writer = { 0 };

	json_put_format(&writer, "{\"manifest_digest\":\"%s\",\"layers\":[", hold->manifest);
	for (size_t i = 0; i < hold->count; i++) {
		json_put_text(&writer, i > 0 ? "," : "");
		json_put_string(&writer, hold->layers[i], strlen(hold->layers[i]));
	}
	json_put_text(&writer, "],\"config\":");
	json_put(&writer, hold->config, hold->config_size);
	json_put_text(&writer, "}");
	return print(&writer, error);
}

int verb_hold(const struct options *options, const char *name, struct error *error)
{
	struct hold hold;
	int r = options->holder
			? hold_take(options->store, name, options->holder, &hold, error)
			: error_set(error, -EINVAL, "who holds it? Give a name by --holder");

	if (r < 0)
		return r;
	if (options->json)
		r = print_hold(&hold, error);
	for (size_t i = 0; i < hold.count && !options->json; i++)
		puts(hold.layers[i]);
	hold_free(&hold);
	return r;
}

int verb_drop(const struct options *options, const char *holder, struct error *error)
{
	return hold_drop(options->store, holder, error);
}
