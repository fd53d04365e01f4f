// SPDX-License-Identifier: Apache-2.0
/* Memory that is given back all at once: what a parser makes of one text. */
#pragma once
#include <stddef.h>

struct arena {
	struct arena_block *blocks;
	char *at;
	size_t left;
};

/* Zeroed memory for count items of size bytes, aligned for any type; NULL when there is none.
 * Never NULL for a count of 0. */
void *arena_get(struct arena *arena, size_t count, size_t size);

/* A copy with a terminator; NULL when there is no memory. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* Also for an arena that is all zeros, which is an empty one. */
void arena_free(struct arena *arena);
