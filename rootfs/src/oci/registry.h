// SPDX-License-Identifier: Apache-2.0
/*
 * A registry's pull side (OCI distribution spec 1.1): manifests and blobs by name, with what it
 * wants to see first (Basic, or a token that its own server hands out). Several threads may use
 * one. Must never send a login or a token anywhere but to whom it is for, nor over http: unless
 * that was asked for.
 */
#pragma once
#include "fetch/transport.h"
#include "lib/error.h"
#include "lib/oci/challenge.h"
#include "lib/oci/manifest.h"
#include "lib/oci/tags.h"
#include <pthread.h>

struct registry {
	struct oci_reference reference;
	struct transport_settings settings;
	bool plain_http;
	unsigned tries; /* of one request before it is given up */
	bool has_secret;
	char secret[OCI_SECRET_BYTES];
	/* inner */
	pthread_mutex_t mutex;
	char authorization[OCI_TOKEN_BYTES + 16];
};

void registry_init(struct registry *registry);
void registry_free(struct registry *registry);

/* name: a tag or a digest; NULL: what the reference says. The caller frees it. Its digest is not
 * checked. */
int registry_manifest(struct registry *registry, const char *name, char **ret, size_t *ret_size,
		      struct error *error);

/* The list of what refers to a digest. */
int registry_referrers(struct registry *registry, const char *digest, char **ret, size_t *ret_size,
		       struct error *error);

/* A page of the list of its tags. page: its query, empty for the first one; after 0 that of the
 * next page, empty if there is none. */
int registry_tags(struct registry *registry, char page[OCI_PAGE_BYTES], char **ret,
		  size_t *ret_size, struct error *error);

/* The same for a blob that is a document: a configuration. */
int registry_config(struct registry *registry, const struct oci_descriptor *descriptor, char **ret,
		    size_t *ret_size, struct error *error);

/* A blob that may be long, from *done_bytes on, which counts what has gone to the sink. What is cut
 * is gone on with. -EFBIG: it is longer than size_bytes. */
int registry_blob(struct registry *registry, const struct oci_descriptor *descriptor,
		  transport_sink *sink, void *context, uint64_t *done_bytes, struct error *error);
