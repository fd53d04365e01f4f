// SPDX-License-Identifier: Apache-2.0
/*
 * Names of images: REGISTRY[:PORT]/REPOSITORY[:TAG][@DIGEST], by the grammar of the reference
 * implementation (distribution/reference). A name without a registry is refused: which one was
 * meant would depend on the machine. docker.io is as elsewhere: index.docker.io is the same,
 * docker.io/x means docker.io/library/x, and registry-1.docker.io is where it is.
 */
#pragma once
#include "lib/error.h"
#include "lib/oci/digest.h"

#define OCI_REFERENCE_BYTES 720

struct oci_reference {
	char registry[264]; /* host, perhaps with a port */
	char repository[256];
	char tag[129];                 /* empty: only if there is a digest */
	char digest[OCI_DIGEST_BYTES]; /* empty: none */
};

/* Without a tag and a digest the tag is "latest". Returns 0 or -EINVAL. */
int oci_reference_parse(const char *text, struct oci_reference *ret, struct error *error);

/* The form alone; room is in struct oci_reference. */
bool oci_tag_valid(const char *tag);

/* In full; reads back as the same. */
void oci_reference_format(const struct oci_reference *reference, char ret[OCI_REFERENCE_BYTES]);

/* The host that answers for the registry. */
const char *oci_reference_host(const struct oci_reference *reference);

/* REGISTRY/REPOSITORY alone. */
#define OCI_PLACE_BYTES 528
void oci_reference_place(const struct oci_reference *reference, char ret[OCI_PLACE_BYTES]);

/* How much of that a prefix fits, in whole words: HOST[:PORT][/PART/OF/REPOSITORY], or *.DOMAIN,
 * which fits a host. 0: it does not fit. */
size_t oci_prefix_fits(const char *prefix, const char *place);
