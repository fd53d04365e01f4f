// SPDX-License-Identifier: Apache-2.0
/* The verb verify: everything is read and compared with its digest. Must never change a thing. */
#include "lib/jsonwriter.h"
#include "oci/hold.h"
#include "oci/image.h"
#include "oci/treehash.h"
#include "oci/verbs.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verify {
	struct store store;
	bool json;
	struct json_writer writer; /* the findings, for JSON */
	size_t images, blobs, layers, findings;
};

static void find(struct verify *verify, const char *what)
{
	if (!verify->json)
		printf("%s\n", what);
	if (verify->json && verify->findings > 0)
		json_put_text(&verify->writer, ",");
	if (verify->json)
		json_put_string(&verify->writer, what, strlen(what));
	verify->findings++;
}

static int check_blob(void *context, const char *name, struct error *error)
{
	struct verify *verify = context;
	AUTO_FREE char *bytes = NULL;
	struct error why = { 0 };
	char digest[OCI_DIGEST_BYTES];
	size_t size;

	(void)error;
	snprintf(digest, sizeof(digest), OCI_DIGEST_PREFIX "%.64s", name);
	verify->blobs++;
	if (!oci_digest_valid(digest))
		find(verify, "blobs/sha256 has what is no blob");
	else if (store_get_blob(&verify->store, digest, &bytes, &size, &why) < 0)
		find(verify, why.text);
	return 0;
}

static int check_tree(int folder, const struct store_layer *layer, struct error *error)
{
	AUTO_CLOSE int diff =
		openat(folder, "diff", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char tree[TREEHASH_BYTES];
	int r = diff < 0 ? error_errno(error, "open diff") : treehash(diff, NULL, tree, error);

	if (r == 0 && strncmp(tree, layer->tree, strcspn(tree, ":") + 1) != 0)
		r = error_set(error, -EBADMSG,
			      "a version that unpacked it had another kind of checksum; to have it "
			      "checked remove its images, gc, and pull them again");
	else if (r == 0 && strcmp(tree, layer->tree) != 0)
		r = error_set(error, -EBADMSG, "it is not as it was unpacked");
	return r < 0 ? error_wrap(error, "layer %s", layer->diff_id) : 0;
}

static int check_layer(void *context, const char *name, struct error *error)
{
	struct verify *verify = context;
	AUTO_CLOSE int folder = -1;
	struct error why = { 0 };
	struct store_layer layer;
	char diff_id[OCI_DIGEST_BYTES];

	(void)error;
	snprintf(diff_id, sizeof(diff_id), OCI_DIGEST_PREFIX "%.64s", name);
	verify->layers++;
	if (!oci_digest_valid(diff_id))
		find(verify, "layers/sha256 has what is no layer");
	else if (store_open_layer(&verify->store, diff_id, &folder, &layer, &why) < 0 ||
		 check_tree(folder, &layer, &why) < 0)
		find(verify, why.text);
	return 0;
}

static void bad_record(void *context, const char *file, const struct error *error)
{
	char text[sizeof(error->text) + 128];

	snprintf(text, sizeof(text), "images/%s: %s", file, error->text);
	find(context, text);
}

static int check_image(struct verify *verify, const struct image *image)
{
	struct arena arena = { 0 };
	struct image_parts parts;
	struct error error = { 0 };
	AUTO_FREE char *top = NULL;
	size_t size;
	int r = image_read(&verify->store, image, &arena, &parts, &error);

	if (r == 0)
		r = store_get_blob(&verify->store, image->digest, &top, &size, &error);
	for (size_t i = 0; r == 0 && i < parts.config.count; i++)
		if (!store_has_layer(&verify->store, parts.config.diff_ids[i]))
			r = error_set(&error, -ENOENT, "image %s: layer %s is missing", image->name,
				      parts.config.diff_ids[i]);
	arena_free(&arena);
	if (r < 0)
		find(verify, error.text);
	return 0;
}

static int check_images(struct verify *verify, struct error *error)
{
	struct arena arena = { 0 };
	struct image *images;
	size_t count = 0;
	int r = image_list(&verify->store, &arena, &images, &count, bad_record, verify, error);

	for (size_t i = 0; i < count && r == 0; i++)
		r = check_image(verify, &images[i]);
	verify->images = count;
	arena_free(&arena);
	return r;
}

static int check_hold(void *context, const char *file, struct error *error)
{
	struct verify *verify = context;
	struct arena arena = { 0 };
	struct error why = { 0 };
	char(*ids)[OCI_DIGEST_BYTES];
	size_t count = 0;
	int r = hold_read(&verify->store, file, &arena, &ids, &count, &why);

	(void)error;
	for (size_t i = 0; i < count && r == 0; i++)
		if (!store_has_layer(&verify->store, ids[i]))
			r = error_set(&why, -ENOENT, "holds/%s: layer %s is missing", file, ids[i]);
	arena_free(&arena);
	if (r < 0)
		find(verify, why.text);
	return 0;
}

static int print(struct verify *verify, struct error *error)
{
	if (verify->writer.failed)
		return error_set(error, -ENOMEM, "out of memory");
	if (verify->json)
		printf("{\"images\":%zu,\"blobs\":%zu,\"layers\":%zu,\"findings\":[%.*s]}\n",
		       verify->images, verify->blobs, verify->layers, (int)verify->writer.used,
		       verify->writer.text ? verify->writer.text : "");
	else
		printf("%zu images, %zu blobs, %zu layers: %zu findings\n", verify->images,
		       verify->blobs, verify->layers, verify->findings);
	return 0;
}

int verb_verify(const struct options *options, struct error *error)
{
	struct verify verify = { .json = options->json };
	int r = store_open(options->store, false, &verify.store, error);

	if (r < 0)
		return r;
	r = check_images(&verify, error);
	if (r == 0)
		r = store_each(verify.store.blobs, check_blob, &verify, error);
	if (r == 0)
		r = store_each(verify.store.layers, check_layer, &verify, error);
	if (r == 0)
		r = store_each(verify.store.holds, check_hold, &verify, error);
	store_close(&verify.store);
	if (r == 0 && (options->json || !options->quiet))
		r = print(&verify, error);
	free(verify.writer.text);
	if (r == 0 && verify.findings > 0)
		r = error_set(error, -EBADMSG, "the store is damaged");
	return r;
}
