// SPDX-License-Identifier: Apache-2.0
/*
 * Manifests, indexes and image configurations (OCI image spec 1.1, and Docker's schema 2, which
 * differs in names only). What is read here has been checked against its digest, but whoever wrote
 * it may have meant harm: every count and length has a limit.
 */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/oci/digest.h"
#include "lib/oci/platform.h"
#include <stdint.h>

#define OCI_DOCUMENT_BYTES_MAX (4 << 20) /* distribution spec 1.1: what registries must take */
#define OCI_LAYERS_MAX 1000
#define OCI_INDEX_MAX 1000

/* What a registry is asked for, as the value of Accept. */
extern const char oci_manifest_types[];

struct oci_descriptor {
	char digest[OCI_DIGEST_BYTES];
	uint64_t size_bytes;
	struct oci_platform platform; /* in an index; empty: it does not say */
	const char *name; /* what its annotations call it: a whole name or a tag; NULL: nothing */
};

struct oci_document {
	bool index;                   /* else a manifest */
	struct oci_descriptor config; /* of a manifest */
	struct oci_descriptor *parts; /* layers, the lowest first, or an index's manifests */
	size_t count;
};

struct oci_config {
	struct oci_platform platform; /* normalised */
	char (*diff_ids)[OCI_DIGEST_BYTES];
	size_t count;
};

/* An object that is one; ret_type: its media type, whichever it is. */
#define OCI_TYPE_BYTES 128
int oci_descriptor_parse(const struct json *json, uint32_t node, struct arena *arena,
			 struct oci_descriptor *ret, char ret_type[OCI_TYPE_BYTES],
			 struct error *error);

/* Memory comes from the arena. -EBADMSG: not what it should be, which is said. */
int oci_document_parse(const char *text, size_t size, struct arena *arena, struct oci_document *ret,
		       struct error *error);
int oci_config_parse(const char *text, size_t size, struct arena *arena, struct oci_config *ret,
		     struct error *error);

/* The manifest of an index that runs best on the machine. -ENOENT: none does. */
int oci_index_choose(const struct oci_document *index, const struct oci_platform *machine,
		     const struct oci_descriptor **ret, struct error *error);
