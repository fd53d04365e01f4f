// SPDX-License-Identifier: Apache-2.0
/* What `podman save` and older `docker save` write (lib/oci/saved.h), as an OCI layout. */
#pragma once
#include "lib/arena.h"
#include "lib/oci/manifest.h"
#include "os/tree.h"

/* In the tree that an archive was unpacked to, by its manifest.json: blobs/sha256 gets its files
 * (hard links) and a manifest for each image; index.json, which is not written, would be ret. Names
 * and memory come from the arena. A crash leaves some of it. */
int saved_convert(const struct tree *tree, const char *text, size_t size, struct arena *arena,
		  struct oci_document *ret, struct error *error);
