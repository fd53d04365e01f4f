// SPDX-License-Identifier: Apache-2.0
/* Paths as texts, by the rules of Go's package path: nothing is looked up. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* The shortest path that means the same: one slash at a time, no ".", no ".." but at the start of a
 * relative path, no slash at the end; "." for nothing. out has room for size + 2 bytes; it gets a
 * terminator. Returns the length. */
size_t path_clean(const char *path, size_t size, char *out);

/* Whether path_clean would change nothing. */
bool path_is_clean(const char *path, size_t size);

/* From the last dot of the last component on, a text within path; empty if there is none. */
const char *path_extension(const char *path, size_t size, size_t *ret_size);
