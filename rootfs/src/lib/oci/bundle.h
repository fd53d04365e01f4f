// SPDX-License-Identifier: Apache-2.0
/*
 * Signatures of images as cosign 3 makes them with a key: a sigstore bundle (v0.3) with an envelope
 * (DSSE 1.0) around an in-toto statement. What is in it beside the envelope, as proofs of a
 * transparency log, is not looked at. Whether a key made the signature is not decided here.
 */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"

struct oci_envelope {
	const char *text; /* what is signed */
	size_t size;
	const unsigned char *signature; /* the first one; only one is looked at */
	size_t signature_size;
	const char *statement; /* within text */
	size_t statement_size;
};

/* Memory is the arena's. -EBADMSG: not a bundle with an envelope around a statement. */
int oci_bundle_parse(const char *text, size_t size, struct arena *arena, struct oci_envelope *ret,
		     struct error *error);

/* As oci_payload_check, for a statement. cosign writes no name into it. */
int oci_statement_check(const char *text, size_t size, const char *digest, const char *place,
			struct error *error);
