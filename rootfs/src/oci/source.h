// SPDX-License-Identifier: Apache-2.0
/* Where an image comes from: a registry, or a folder with an OCI layout. */
#pragma once
#include "lib/error.h"
#include "lib/oci/manifest.h"
#include "oci/store.h"

struct source {
	void *context;

	/* A manifest, an index or a configuration. The caller frees it, and checks its digest. */
	int (*document)(void *context, const struct oci_descriptor *descriptor, bool config,
			char **ret, size_t *ret_size, struct error *error);

	/* A layer as a file whose digest and size are as the descriptor says; the caller closes it.
	 * Several threads ask at once. */
	int (*layer)(void *context, const struct oci_descriptor *descriptor, int *ret,
		     struct error *error);

	/* It has been unpacked, and its bytes are needed no more; or NULL. */
	void (*layer_done)(void *context, const struct oci_descriptor *descriptor);
};
