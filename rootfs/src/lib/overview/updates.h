// SPDX-License-Identifier: Apache-2.0
/* Containers that update themselves: what came of it, as a table and as JSON; names and times. */
#pragma once
#include "lib/jsonwriter.h"
#include "lib/oci/reference.h"
#include "lib/run/health.h"

struct overview_update {
	const char *unit, *container, *image, *policy;
	const char *updated; /* true, false, failed, rolled back, pending (--dry-run) */
	const char *reason;  /* NULL: none */
};

void overview_put_updates(struct json_writer *writer, const struct overview_update *rows,
			  size_t count);
void overview_print_updates(struct json_writer *out, const struct overview_update *rows,
			    size_t count, struct arena *arena);

/* The value of a label, or NULL; labels are NAME=VALUE, the last one counts. */
const char *overview_label(const struct words *labels, const char *name);

/* The name that an image is kept under besides its own: kind is "previous" or "bad". A digest is
 * not part of it. -ENAMETOOLONG. */
int overview_kept_name(const struct oci_reference *image, const char *kind,
		       char ret[OCI_REFERENCE_BYTES], struct error *error);

/* How long a container that was restarted may take until it is known to be good: with a check as
 * long as that may take to say so, a quarter of an hour at most; without one it has to stay for ten
 * seconds. */
uint64_t overview_trial_ms(const struct health_check *check);
