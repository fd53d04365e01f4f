// SPDX-License-Identifier: Apache-2.0
/*
 * What is wrong with a config, and where: each problem has the path of the value
 * ("$.storage.files.0.path") and its line and column in the text. Where a value is not in the text,
 * the position is that of the innermost one around it that is. Positions are counted as by the
 * reference implementation: bytes, from 1; an object or a list stands behind its bracket; 0 and 0
 * if the place is the end of the text.
 */
#pragma once
#include "lib/arena.h"
#include "lib/json.h"
#include <stdbool.h>
#include <stddef.h>

/* Beyond these problems are counted, not kept. */
#define IGN_ENTRIES_MAX 1000

struct ign_entry {
	const char *path; /* NULL: the text as a whole */
	const char *message;
	uint32_t offset; /* UINT32_MAX: nowhere */
	uint32_t line, column;
	bool warning;
};

struct ign_report {
	struct arena *arena; /* for the texts */
	struct ign_entry *entries;
	size_t count, errors, warnings; /* count: those kept */
};

/* Where a walk over a config is: one link for each step from the top, on the stack. */
struct ign_place {
	const struct ign_place *up; /* NULL at the top */
	const char *key;            /* NULL: an entry of a list */
	size_t length, index;
	uint32_t node; /* in the text; UINT32_MAX: not there */
};

#define IGN_NO_NODE UINT32_MAX

/* The member key of the object at up; the entry index of the list at up, whose node is known. */
struct ign_place ign_place_member(const struct json *json, const struct ign_place *up,
				  const char *key);
struct ign_place ign_place_entry(const struct ign_place *up, size_t index, uint32_t node);

/* Adds a problem at a place. The message is kept as it is: a literal, or in the report's arena. */
void ign_report_add(struct ign_report *report, const struct json *json,
		    const struct ign_place *place, bool warning, const char *message);

/* The same without a path: offset in the text, UINT32_MAX for nowhere. */
void ign_report_add_text(struct ign_report *report, uint32_t offset, const char *message);

/* Formats into the report's arena; never NULL. */
const char *ign_report_format(struct ign_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Finds line and column of every entry. */
void ign_report_locate(struct ign_report *report, const char *text, size_t size);

/* "error at $.storage.files.0.path, line 7 col 12: path not absolute", without control characters.
 * Returns the length it would have with room enough, as snprintf does. */
size_t ign_entry_format(const struct ign_entry *entry, char *out, size_t room);
