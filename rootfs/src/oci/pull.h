// SPDX-License-Identifier: Apache-2.0
/* Registries as a source: one after the other is asked, mirrors first. Blobs come into the store's
 * tmp/, where a later try finds what there is of them. */
#pragma once
#include "lib/oci/registries.h"
#include "lib/words.h"
#include "oci/registry.h"
#include "oci/source.h"
#include <stdatomic.h>

struct pull {
	struct registry at[OCI_ENDPOINTS_MAX];
	size_t count;
	struct store *store;
	/* inner */
	atomic_size_t first;            /* who answered last: those before it have not */
	_Atomic uint64_t fetched_bytes; /* of layers, for those who watch */
};

struct source pull_source(struct pull *pull);

/* A manifest by its tag or digest; NULL: by the image's name. By a digest its bytes are checked.
 * The caller frees it. */
int pull_manifest(struct pull *pull, const char *name, char **ret, size_t *ret_size,
		  struct error *error);

/* A blob that is a short document; its bytes are checked. */
int pull_document(struct pull *pull, const struct oci_descriptor *descriptor, char **ret,
		  size_t *ret_size, struct error *error);

/* The list of what refers to a digest (distribution spec 1.1). */
int pull_referrers(struct pull *pull, const char *digest, char **ret, size_t *ret_size,
		   struct error *error);

/* All tags of the repository, page by page. */
int pull_tags(struct pull *pull, struct arena *arena, struct words *ret, struct error *error);
