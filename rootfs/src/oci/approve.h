// SPDX-License-Identifier: Apache-2.0
/* Whether an image may be taken, by the rules of /etc/keelson/trust.d (lib/oci/trust.h). */
#pragma once
#include "lib/oci/trust.h"
#include "oci/pull.h"

struct approve {
	const struct oci_reference *reference; /* the image's name, as it was asked for */
	struct pull *pull;                     /* where signatures are; NULL: nowhere */
	const struct oci_rule *rule;           /* NULL: none fits */
	struct arena arena;
};

/* Reads the rules below ETC. Ends with approve_free, also after an error, which means: take
 * nothing. */
int approve_set_up(const char *etc, const struct oci_reference *reference, struct pull *pull,
		   struct approve *ret, struct error *error);

/* digest: of what the name stands for, before it is looked into. -EACCES: it shows not what the
 * rule wants. */
int approve(void *context, const char *digest, struct error *error);
void approve_free(struct approve *approve);
