// SPDX-License-Identifier: Apache-2.0
/*
 * Where an image's registry is to be reached: the [[registry]] tables of registries.conf
 * (containers-registries.conf(5), version 2) with prefix, location, insecure, blocked,
 * mirror-by-digest-only and [[registry.mirror]] with location, insecure, pull-from-mirror. Another
 * key of these tables is an error, as what it asks for would not be done; other tables and keys are
 * about short names and the like, which we have not, and passed over.
 */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/oci/reference.h"
#include <stdbool.h>

#define OCI_LOCATION_BYTES 512
#define OCI_MIRRORS_MAX 8
#define OCI_ENDPOINTS_MAX (OCI_MIRRORS_MAX + 1)
#define OCI_REGISTRIES_MAX 1000

struct oci_location {
	char name[OCI_LOCATION_BYTES]; /* HOST[:PORT][/PART/OF/REPOSITORY] */
	bool insecure;
	bool not_by_tag, not_by_digest;
};

struct oci_registry {
	struct oci_registry *next;
	char prefix[OCI_LOCATION_BYTES]; /* the same, or *.DOMAIN */
	struct oci_location own;         /* its name may be empty: where the image's name says */
	bool blocked, mirror_by_digest_only;
	struct oci_location mirrors[OCI_MIRRORS_MAX];
	size_t count;
};

/* Starts as all zeros. */
struct oci_registries {
	struct oci_registry *first;
	size_t count;
};

/* Adds those of a file; one with a prefix that was there takes its place. Memory is the arena's.
 * -EBADMSG, with the line; what was added stays. */
int oci_registries_parse(const char *text, struct oci_registries *registries, struct arena *arena,
			 struct error *error);

struct oci_endpoint {
	struct oci_reference reference; /* its registry and repository are where to ask */
	bool insecure;
};

/* Where to ask for an image, one after the other: the mirrors, then the registry itself, by the
 * longest prefix that fits. Without one that is the image's own registry. -EACCES: it is blocked;
 * -EINVAL: what comes out is no name. */
int oci_endpoints(const struct oci_registries *registries, const struct oci_reference *reference,
		  struct oci_endpoint ret[OCI_ENDPOINTS_MAX], size_t *ret_count,
		  struct error *error);
