// SPDX-License-Identifier: Apache-2.0
/*
 * What went wrong, as a value: a negative errno and a chain of contexts, outermost first
 * ("verity root-a: open /dev/vda6: Permission denied"). The one who fails writes the last link;
 * each layer above puts its own in front, once. Nothing here prints or logs. Every function accepts
 * a NULL error.
 */
#pragma once
#include <stddef.h>

struct error {
	int code;
	char text[480];
};

/* Starts a chain with the formatted text. Returns code, to be returned in turn. */
int error_set(struct error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with errno as the code and its meaning at the end of the text. Returns -errno. */
int error_errno(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a context in front of the chain; a chain that grows too long loses its end. Returns
 * error->code. */
int error_wrap(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
