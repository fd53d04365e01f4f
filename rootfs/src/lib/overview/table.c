// SPDX-License-Identifier: Apache-2.0
/* See table.h. */
#include "lib/overview/table.h"
#include "lib/text.h"
#include <string.h>

void table_start(struct table *ret, const char *const titles[], struct arena *arena)
{
	*ret = (struct table){ .arena = arena };
	for (; titles[ret->columns]; ret->columns++)
		words_add(&ret->cells, arena, titles[ret->columns]);
}

void table_add(struct table *table, const char *cell)
{
	char *copy = arena_copy(table->arena, cell ? cell : "", cell ? strlen(cell) : 0);

	if (copy)
		text_clean(copy);
	words_add(&table->cells, table->arena, copy && *copy ? copy : "-");
}

static size_t width(const struct table *table, size_t column)
{
	size_t most = 0;

	for (size_t i = column; i < table->cells.count; i += table->columns) {
		size_t length = strlen(table->cells.at[i]);

		most = length > most ? length : most;
	}
	return most;
}

static void pad(struct json_writer *out, size_t count)
{
	while (count-- > 0)
		json_put_text(out, " ");
}

void table_print(const struct table *table, struct json_writer *out)
{
	size_t last = table->columns - 1;

	for (size_t row = 0; row + last < table->cells.count; row += table->columns)
		for (size_t i = 0; i <= last; i++) {
			const char *cell = table->cells.at[row + i];

			json_put_text(out, cell);
			if (i == last)
				json_put_text(out, "\n");
			else
				pad(out, width(table, i) - strlen(cell) + 2);
		}
}
