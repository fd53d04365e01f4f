// SPDX-License-Identifier: Apache-2.0
/* Brings an image from a source into the store. */
#pragma once
#include "lib/oci/reference.h"
#include "oci/source.h"

struct install {
	struct store *store;
	const struct source *source;
	const struct oci_reference *reference; /* what it will be called */
	const struct oci_descriptor *top;      /* NULL: what the source has by that name */
	struct oci_platform machine;
	unsigned threads;
	/* Says whether the image may be taken, from the digest of what its name stands for, before
	 * anything of it is looked into. */
	int (*approve)(void *context, const char *digest, struct error *error);
	void *approve_context;
	/* Called now and then while layers come; or NULL. */
	void (*watch)(void *context, size_t layers_done, size_t layers);
	void *watch_context;
};

/* Everything is checked against its digest; the name is written when all else is there. What is in
 * the store already is not fetched again. ret: the digest of what the name stands for. */
int install(const struct install *install, char ret[OCI_DIGEST_BYTES], struct error *error);
