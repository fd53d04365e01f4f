// SPDX-License-Identifier: Apache-2.0
/* Columns as wide as what is in them. */
#pragma once
#include "lib/jsonwriter.h"
#include "lib/words.h"

struct table {
	struct arena *arena;
	struct words cells; /* the titles first */
	size_t columns;
};

/* titles ends with NULL. */
void table_start(struct table *ret, const char *const titles[], struct arena *arena);

/* The next cell; NULL and "" are shown as "-". What does not print is replaced. */
void table_add(struct table *table, const char *cell);

/* Appends the lines; a row that is not full is left out. */
void table_print(const struct table *table, struct json_writer *out);
