// SPDX-License-Identifier: Apache-2.0
/* JSON (RFC 8259) put together in memory, piece by piece. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Starts as all zeros. */
struct json_writer {
	char *text; /* no terminator; the one who made it frees it */
	size_t used, room;
	bool failed; /* no memory */
};

void json_put(struct json_writer *writer, const char *text, size_t length);
void json_put_text(struct json_writer *writer, const char *text);

/* Formats as printf; what comes out is at most 1023 bytes. */
void json_put_format(struct json_writer *writer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A string with its quotes and escapes. text may be NULL when length is 0. */
void json_put_string(struct json_writer *writer, const char *text, size_t length);
