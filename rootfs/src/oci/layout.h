// SPDX-License-Identifier: Apache-2.0
/* A folder with an OCI layout (image spec 1.1, image-layout.md) as a source; or a tar archive of
 * one, as `docker save` and `skopeo copy … oci-archive:` write it, or of the form before (saved.h).
 */
#pragma once
#include "lib/arena.h"
#include "oci/source.h"
#include "os/tree.h"

struct layout {
	struct tree tree;
	const struct store *store;
	char unpacked[STORE_NAME_BYTES]; /* below tmp/; empty: it was a folder */
	struct oci_document index;
};

/* Reads its index.json; an archive is unpacked into the store's tmp/. */
int layout_open(const char *path, const struct store *store, struct arena *arena,
		struct layout *ret, struct error *error);

/* Removes what was unpacked. */
void layout_close(struct layout *layout);

struct source layout_source(struct layout *layout);
