// SPDX-License-Identifier: Apache-2.0
/*
 * What an image must show before it is taken: files of /etc/keelson/trust.d, a rule each, lines of
 * KEY=VALUE:
 *
 *   prefix=      whose images: HOST[:PORT][/PART/OF/REPOSITORY], *.DOMAIN, or * for all
 *   require=     nothing, digest (the name has one) or signature (cosign's, by one of the keys)
 *   key=         a file with a public key in PEM; more lines for more keys
 *   signed-as=   the repository that the signature names, if it is not the image's own; any: it
 *                is not looked at, and who has the key may pass one image off as another
 *
 * The longest prefix that fits counts alone; an image that none fits is taken.
 */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/oci/reference.h"

#define OCI_KEYS_MAX 16

enum oci_demand { OCI_DEMAND_NOTHING, OCI_DEMAND_DIGEST, OCI_DEMAND_SIGNATURE };

struct oci_rule {
	struct oci_rule *next;
	const char *prefix, *signed_as; /* signed_as: NULL for the image's own */
	enum oci_demand demand;
	const char *keys[OCI_KEYS_MAX]; /* paths */
	size_t key_count;
};

/* Starts as all zeros. */
struct oci_rules {
	struct oci_rule *first;
};

/* Adds one file's rule; memory is the arena's. -EBADMSG: it is not as it should be, or another one
 * has its prefix. */
int oci_rule_parse(const char *text, struct oci_rules *rules, struct arena *arena,
		   struct error *error);

/* NULL: none fits. */
const struct oci_rule *oci_rule_find(const struct oci_rules *rules,
				     const struct oci_reference *reference);
