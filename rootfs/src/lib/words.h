// SPDX-License-Identifier: Apache-2.0
/* Lists of words, and texts that hold some: as systemd reads and writes them in unit files (blanks
 * between, quotes, C escapes), and fields with commas between. */
#pragma once
#include "lib/arena.h"
#include <stdint.h>
#include <stdio.h>

#define WORDS_MAX 4096 /* that are read into one list */

/* Starts as all zeros; in an arena. A word that there was no memory for is left out, which the
 * arena remembers. */
struct words {
	const char **at;
	size_t count, room;
};

void words_add(struct words *words, struct arena *arena, const char *word);

/* One text, with a separator between; "" when there is no memory. */
const char *words_join(const struct words *words, const char *separator, struct arena *arena);

/* The fields of a line of comma separated values (RFC 4180): "a","b ""c""",d */
struct words words_fields(const char *text, struct arena *arena);

enum words_style {
	WORDS_LIST, /* a backslash is a character like any other: WantedBy= */
	WORDS_ARGS, /* C escapes too, in either quotes: Exec= */
};

/* What was not quite right with a text. */
enum words_oddity {
	WORDS_ODD_ESCAPE = 1, /* kept as it stands, backslash too */
	WORDS_OPEN_QUOTE = 2, /* reaches to the end */
	WORDS_TOO_MANY = 4,   /* the rest was not read */
};

/* Appends the words of a text. Returns oddities. */
unsigned words_split(const char *text, enum words_style style, struct arena *arena,
		     struct words *words);

/* What stands behind a backslash. Returns the characters taken, 0 if it is no escape; a code point
 * of 0 is none. */
size_t words_unescape(const char *at, uint32_t *ret);

/* Writes a word so that systemd reads it back as one word of a command line; $ and % keep the
 * meaning that they have for systemd. */
void words_quote(FILE *out, const char *word);
