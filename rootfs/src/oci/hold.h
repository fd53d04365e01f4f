// SPDX-License-Identifier: Apache-2.0
/*
 * For who runs containers: an image by its name, as overlayfs and the runtime want it, and a record
 * that it is in use. A hold needs no process: it is a file of the store's holds/ and counts until
 * it is dropped or the machine restarts. gc leaves its layers alone.
 *
 * Locks, in this order: the store's, then one layer's, then one blob's. Each function here takes
 * the store's and gives it back, so its caller must have none of them.
 */
#pragma once
#include "lib/arena.h"
#include "oci/store.h"

struct hold {
	char manifest[OCI_DIGEST_BYTES]; /* the image's, for this machine */
	const char *config;              /* its configuration, JSON, with a terminator behind it */
	size_t config_size;
	const char **layers; /* folders for lowerdir=, the lowest first, each once; below store */
	size_t count;
	struct arena arena; /* has all of it */
};

/* Looks up the image that was pulled or loaded as reference, and writes that holder has it, in
 * place of what holder had; holder NULL: nothing is written, and gc may take it at any time. Ends
 * with hold_free. -ENOENT: it is not in the store; -EBADMSG: not whole. A kill leaves the old
 * record or the new one; a power cut perhaps an empty one, which counts no more than one of an
 * earlier start does. */
int hold_take(const char *store, const char *reference, const char *holder, struct hold *ret,
	      struct error *error);
void hold_free(struct hold *hold);

/* holder has nothing any more; fine if it had nothing. */
int hold_drop(const char *store, const char *holder, struct error *error);

/* Adds the diff_ids that a file of holds/ names; none if it is of an earlier start of the machine.
 */
int hold_read(const struct store *store, const char *file, struct arena *arena,
	      char (**ret)[OCI_DIGEST_BYTES], size_t *ret_count, struct error *error);
