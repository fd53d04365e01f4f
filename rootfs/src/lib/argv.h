// SPDX-License-Identifier: Apache-2.0
/* A program's arguments, put together one by one. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#define ARGV_MAX 256

/* Starts as all zeros. Holds no memory of its own: texts outlive it. */
struct argv {
	const char *at[ARGV_MAX + 1]; /* NULL behind the last one */
	size_t count;
	bool overflowed; /* something did not fit; the arguments are not to be used */
};

void argv_add(struct argv *argv, const char *text);

/* An option and its value, both left out for a NULL value. */
void argv_add_option(struct argv *argv, const char *option, const char *value);
