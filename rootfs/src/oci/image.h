// SPDX-License-Identifier: Apache-2.0
/* The store's images: names, and the documents that they stand for. */
#pragma once
#include "lib/oci/manifest.h"
#include "lib/oci/reference.h"
#include "oci/store.h"
#include <time.h>

struct image {
	char name[OCI_REFERENCE_BYTES];
	char digest[OCI_DIGEST_BYTES];   /* of what the registry has by this name: maybe an index */
	char manifest[OCI_DIGEST_BYTES]; /* for this machine */
	int64_t pulled_s;                /* since 1970 */
};

/* A name as people write it, in full. -EINVAL. */
int image_name(const char *text, char ret[OCI_REFERENCE_BYTES], struct error *error);

int image_put(const struct store *store, const struct image *image, struct error *error);

/* -ENOENT: there is no such name. */
int image_get(const struct store *store, const char *name, struct image *ret, struct error *error);
int image_remove(const struct store *store, const char *name, struct error *error);

/* Those that can be read, in the order of their names; arena holds them. What cannot be read is an
 * error, unless there is a callback for it. */
typedef void image_bad(void *context, const char *file, const struct error *error);
int image_list(const struct store *store, struct arena *arena, struct image **ret,
	       size_t *ret_count, image_bad *bad, void *context, struct error *error);

/* An image's documents out of the store, checked against their digests. Texts are the arena's. */
struct image_parts {
	struct oci_document manifest;
	struct oci_config config;
	const char *manifest_text, *config_text;
	size_t manifest_size, config_size;
};
int image_read(const struct store *store, const struct image *image, struct arena *arena,
	       struct image_parts *ret, struct error *error);
