// SPDX-License-Identifier: Apache-2.0
/* Memory that is given back all at once: what a parser makes of one text. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena {
	struct arena_block *blocks;
	char *at;
	size_t left;
	bool exhausted; /* there was no memory once; what was made since may be incomplete */
};

/* Zeroed memory for count items of size bytes, aligned for any type; NULL when there is none.
 * Never NULL for a count of 0. */
void *arena_get(struct arena *arena, size_t count, size_t size);

/* A copy with a terminator; NULL when there is no memory. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* Formats as vsnprintf; NULL when there is no memory. */
char *arena_vformat(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Formats; "" when there is no memory, never NULL. */
const char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Also for an arena that is all zeros, which is an empty one. */
void arena_free(struct arena *arena);
