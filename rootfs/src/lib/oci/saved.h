// SPDX-License-Identifier: Apache-2.0
/*
 * manifest.json of the archives that `docker save` (before 25) and `podman save` write: a list of
 * images, each with the paths of its configuration and layers in the archive (moby's image
 * specification v1.2, "Combined Image JSON + Filesystem Changeset Format"). Whoever wrote it may
 * have meant harm: every count and length has a limit, paths are any text.
 */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/jsonwriter.h"
#include "lib/oci/manifest.h"

struct oci_saved {
	const char *config;
	const char **layers; /* the lowest first */
	size_t layer_count;
	const char **names; /* in full; those of Docker's own registry, too, which it leaves out */
	size_t name_count;
};

struct oci_saved_list {
	struct oci_saved *at;
	size_t count;
};

/* Memory comes from the arena. -EBADMSG: not what it should be, which is said. */
int oci_saved_parse(const char *text, size_t size, struct arena *arena, struct oci_saved_list *ret,
		    struct error *error);

/* A manifest (OCI image spec 1.1) of a configuration and layers. */
void oci_saved_manifest(const struct oci_descriptor *config, const struct oci_descriptor *layers,
			size_t count, struct json_writer *writer);
