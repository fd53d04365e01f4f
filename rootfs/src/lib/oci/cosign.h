// SPDX-License-Identifier: Apache-2.0
/*
 * Signatures of images as cosign makes them with a key (cosign's SPEC.md): a manifest whose layers
 * are payloads of "simple signing", each with its signature as an annotation, or bundles
 * (bundle.h). It is found by the tag sha256-HEX.sig or as a referrer (distribution spec 1.1).
 * Whoever wrote it is not trusted; whether a key made the signature is not decided here.
 */
#pragma once
#include "lib/oci/manifest.h"

#define OCI_SIGNATURES_MAX 64
#define OCI_PAYLOAD_BYTES_MAX (256 << 10)
#define OCI_SIGNATURE_BYTES_MAX 1024
#define OCI_BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define OCI_SIGNATURE_TYPE "application/vnd.dev.cosign.artifact.sig.v1+json"

struct oci_signature {
	struct oci_descriptor payload;
	bool bundle; /* the payload has its signature itself */
	unsigned char bytes[OCI_SIGNATURE_BYTES_MAX];
	size_t size;
};

/* The tag of the signatures of what has this digest (suffix ".sig"), or of the list of its
 * referrers where the registry keeps none (""). */
#define OCI_SIGNATURE_TAG_BYTES 80
void oci_signature_tag(const char *digest, const char *suffix, char ret[OCI_SIGNATURE_TAG_BYTES]);

/* Those of a manifest; layers of other kinds are passed over. */
int oci_signatures_parse(const char *text, size_t size, struct arena *arena,
			 struct oci_signature **ret, size_t *ret_count, struct error *error);

/* The manifests of signatures that an answer to the referrers API lists. */
int oci_referrers_parse(const char *text, size_t size, struct arena *arena,
			struct oci_descriptor **ret, size_t *ret_count, struct error *error);

/* Whether a payload, whose signature is good, is about what has this digest, and calls it by this
 * REGISTRY/REPOSITORY; NULL: by whatever name. -EBADMSG, with the reason. */
int oci_payload_check(const char *text, size_t size, const char *digest, const char *place,
		      struct error *error);
