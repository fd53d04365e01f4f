// SPDX-License-Identifier: Apache-2.0
/* A file's bytes, decompressed if they are compressed, and the hash of what comes out. */
#pragma once
#include "lib/error.h"
#include "lib/oci/digest.h"
#include <stdint.h>
#include <sys/types.h>

struct inflate;

/* Reads fd from its beginning. max_bytes: of what comes out. */
int inflate_open(int fd, uint64_t max_bytes, struct inflate **ret, struct error *error);

/* The next bytes, which stay where they are until the next call. Returns how many; 0 at the end;
 * -EBADMSG, -EFBIG. */
ssize_t inflate_next(struct inflate *inflate, const void **ret, struct error *error);

/* Reads on to the end; the hash of everything. */
int inflate_finish(struct inflate *inflate, char ret[OCI_DIGEST_BYTES], struct error *error);

/* Accepts NULL. */
void inflate_close(struct inflate *inflate);
