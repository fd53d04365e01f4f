// SPDX-License-Identifier: Apache-2.0
/* A long run of bytes on its way to a disk: written as it comes, blocks of zeros left to the disk,
 * and compared in the end with what is there. */
#pragma once
#include "install/target.h"

struct body;

/* From one byte of the disk up to another; the first one is a multiple of TARGET_BLOCK_BYTES. The
 * caller ends it with body_free. */
int body_new(const struct target *target, uint64_t from_bytes, uint64_t to_bytes, struct body **ret,
	     struct error *error);

/* What goes beyond the end is left out. */
int body_add(struct body *body, const char *bytes, size_t size, struct error *error);

/* All of it has come: writes the rest, syncs, reads all of it and compares. -EIO: it is something
 * else. */
int body_finish(struct body *body, struct error *error);

/* Accepts NULL. */
void body_free(struct body *body);
