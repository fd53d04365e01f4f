// SPDX-License-Identifier: Apache-2.0
/*
 * The verb gc. It has the store for itself, so nobody adds or takes hold of anything meanwhile. A
 * layer leaves its place by one rename into tmp/ before anything of it goes, so a crash leaves no
 * half of one. Must never remove anything if a name or a hold cannot be read: what it needs is not
 * known.
 */
#include "oci/hold.h"
#include "oci/image.h"
#include "oci/verbs.h"
#include "os/file.h"
#include "os/folder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct digests {
	char (*at)[OCI_DIGEST_BYTES];
	size_t count, room;
};

struct gc {
	const struct options *options;
	struct store store;
	struct digests needed; /* by names; blobs and layers alike: a digest is a digest */
	struct digests held;
	size_t blobs, layers, in_use;
};

static int need(struct digests *digests, const char *digest)
{
	if (digests->count == digests->room) {
		size_t room = digests->room * 2 + 64;
		char(*grown)[OCI_DIGEST_BYTES] = reallocarray(digests->at, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		digests->at = grown;
		digests->room = room;
	}
	strcpy(digests->at[digests->count++], digest);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool among(const struct digests *digests, const char *hex)
{
	char digest[OCI_DIGEST_BYTES];

	snprintf(digest, sizeof(digest), OCI_DIGEST_PREFIX "%s", hex);
	return digests->count > 0 &&
	       bsearch(digest, digests->at, digests->count, sizeof(*digests->at), compare);
}

static int mark_image(struct gc *gc, const struct image *image, struct error *error)
{
	struct arena arena = { 0 };
	struct image_parts parts;
	int r = image_read(&gc->store, image, &arena, &parts, error);
	bool ok = r == 0 && need(&gc->needed, image->digest) == 0 &&
		  need(&gc->needed, image->manifest) == 0 &&
		  need(&gc->needed, parts.manifest.config.digest) == 0;

	for (size_t i = 0; ok && i < parts.config.count; i++)
		ok = need(&gc->needed, parts.config.diff_ids[i]) == 0;
	arena_free(&arena);
	return r == 0 && !ok ? error_set(error, -ENOMEM, "out of memory") : r;
}

static int mark_held(void *context, const char *file, struct error *error)
{
	struct gc *gc = context;
	struct arena arena = { 0 };
	char(*ids)[OCI_DIGEST_BYTES];
	size_t count = 0;
	int r = hold_read(&gc->store, file, &arena, &ids, &count, error);

	if (r == 0 && count == 0 && unlinkat(gc->store.holds, file, 0) < 0)
		r = error_errno(error, "remove holds/%s", file);
	for (size_t i = 0; i < count && r == 0; i++)
		if (need(&gc->held, ids[i]) < 0)
			r = error_set(error, -ENOMEM, "out of memory");
	arena_free(&arena);
	return r;
}

static void sort(struct digests *digests)
{
	if (digests->count > 1)
		qsort(digests->at, digests->count, sizeof(*digests->at), compare);
}

static int mark(struct gc *gc, struct error *error)
{
	struct arena arena = { 0 };
	struct image *images;
	size_t count = 0;
	int r = image_list(&gc->store, &arena, &images, &count, NULL, NULL, error);

	for (size_t i = 0; i < count && r == 0; i++)
		r = mark_image(gc, &images[i], error);
	if (r == 0)
		r = store_each(gc->store.holds, mark_held, gc, error);
	sort(&gc->needed);
	sort(&gc->held);
	arena_free(&arena);
	return r < 0 ? error_wrap(error, "nothing is removed") : 0;
}

static int sweep_blob(void *context, const char *name, struct error *error)
{
	struct gc *gc = context;

	if (among(&gc->needed, name))
		return 0;
	if (unlinkat(gc->store.blobs, name, 0) < 0)
		return error_errno(error, "remove blob %s", name);
	gc->blobs++;
	return 0;
}

static int sweep_layer(void *context, const char *name, struct error *error)
{
	struct gc *gc = context;
	char gone[STORE_NAME_BYTES];

	if (among(&gc->needed, name))
		return 0;
	if (among(&gc->held, name)) {
		gc->in_use++;
		return 0;
	}
	snprintf(gone, sizeof(gone), "%.64s.gone", name);
	if (renameat(gc->store.layers, name, gc->store.tmp, gone) < 0)
		return error_errno(error, "remove layer %.64s", name);
	gc->layers++;
	return 0;
}

static int sweep_temporary(void *context, const char *name, struct error *error)
{
	const struct gc *gc = context;
	struct stat status;
	bool is_folder;

	if (fstatat(gc->store.tmp, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "look at tmp/%s", name);
	is_folder = S_ISDIR(status.st_mode);
	if (is_folder)
		folder_remove_contents(openat(gc->store.tmp, name, FOLDER), status.st_dev, NULL);
	if (unlinkat(gc->store.tmp, name, is_folder ? AT_REMOVEDIR : 0) < 0)
		return error_errno(error, "remove tmp/%s", name);
	return 0;
}

int verb_gc(const struct options *options, struct error *error)
{
	struct gc gc = { .options = options };
	int r = store_open(options->store, true, &gc.store, error);

	if (r < 0)
		return r;
	r = mark(&gc, error);
	if (r == 0)
		r = store_each(gc.store.layers, sweep_layer, &gc, error);
	if (r == 0 && fsync(gc.store.layers) < 0)
		r = error_errno(error, "sync");
	if (r == 0)
		r = store_each(gc.store.blobs, sweep_blob, &gc, error);
	if (r == 0)
		r = store_each(gc.store.tmp, sweep_temporary, &gc, error);
	if (r == 0 && (options->json || !options->quiet))
		printf(options->json ? "{\"layers_removed\":%zu,\"blobs_removed\":%zu,"
				       "\"layers_in_use\":%zu}\n"
				     : "%zu layers and %zu blobs removed, %zu layers in use\n",
		       gc.layers, gc.blobs, gc.in_use);
	free(gc.needed.at);
	free(gc.held.at);
	store_close(&gc.store);
	return r;
}
