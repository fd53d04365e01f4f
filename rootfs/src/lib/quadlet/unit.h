// SPDX-License-Identifier: Apache-2.0
/*
 * A unit file in memory: sections in the order they first came, each with all its assignments.
 * Several files (a unit and its drop-ins) are read into one, one behind the other. Each assignment
 * knows where it came from.
 */
#pragma once
#include "lib/arena.h"
#include <stdint.h>

#define UNIT_BYTES_MAX (UINT32_C(1) << 20) /* of one file */
#define UNIT_LINES_MAX 20000               /* assignments of a unit with its drop-ins */

struct unit_line {
	struct unit_line *next;
	const char *key, *value; /* without blanks at either end; continuations are joined */
	const char *path;        /* NULL: of no file */
	uint32_t number;         /* from 1 */
};

struct unit_section {
	struct unit_section *next;
	const char *name;
	const char *path; /* where it first began */
	uint32_t number;
	struct unit_line *first, *last;
};

struct unit_problem {
	struct unit_problem *next;
	const char *path, *text;
	uint32_t number; /* of the line */
};

/* Starts as all zeros. In an arena; what there was no memory for is left out, which the arena
 * remembers. */
struct unit {
	struct unit_section *first, *last;
	struct unit_problem *problems; /* the last one first */
	uint32_t lines;
};

/* Adds the sections and assignments of a file, and a problem for each line that is neither, which
 * is passed over. text need not outlive this, path does. */
void unit_parse(struct unit *unit, const char *text, size_t size, const char *path,
		struct arena *arena);

struct unit_section *unit_section(const struct unit *unit, const char *name);

/* The last assignment to a key, NULL for none. */
struct unit_line *unit_last(const struct unit *unit, const char *section, const char *key);

/* The assignments that count: those behind the last empty one. */
const struct unit_line *unit_first(const struct unit *unit, const char *section, const char *key);
const struct unit_line *unit_next(const struct unit_line *line);

/* The value as that of a key that takes one: without the quotes around it. */
const char *unit_value(const struct unit_line *line, struct arena *arena);

/* Behind, or before, all others of the section, which is made if needed. Texts are not copied. */
void unit_add(struct unit *unit, struct arena *arena, const char *section, const char *key,
	      const char *value);
void unit_prepend(struct unit *unit, struct arena *arena, const char *section, const char *key,
		  const char *value);

/* Removes all assignments to a key. */
void unit_remove(struct unit *unit, const char *section, const char *key);

void unit_copy(const struct unit *unit, struct arena *arena, struct unit *ret);

/* As a file, without comments; "" when there is no memory. */
const char *unit_format(const struct unit *unit, struct arena *arena);
