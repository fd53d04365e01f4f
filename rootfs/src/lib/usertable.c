// SPDX-License-Identifier: Apache-2.0
/* See usertable.h. Must never change a line that nobody asked to change. */
#include "lib/usertable.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct user_table *table)
{
	size_t room = table->room ? table->room * 2 : 64;
	struct user_row *rows;

	if (table->count < table->room)
		return 0;
	rows = arena_get(table->arena, room, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	if (table->count > 0)
		memcpy(rows, table->rows, table->count * sizeof(*rows));
	table->rows = rows;
	table->room = room;
	return 0;
}

static bool has_fields(const struct user_row *row)
{
	return row->fields[0] != NULL;
}

/* Takes a copy of the line apart, if it has the form. */
static struct user_row split(const char *line, char *copy, unsigned fields)
{
	unsigned least = fields == SHADOW_FIELDS ? SHADOW_HASH + 1 : fields, found = 1;
	struct user_row row = { .line = line };

	for (const char *at = line; *at; at++)
		found += *at == ':';
	if (found < least || found > fields || line[0] == ':' || line[0] == '#')
		return row;
	for (unsigned i = 0; i < fields; i++) {
		row.fields[i] = copy;
		copy += strcspn(copy, ":");
		if (*copy)
			*copy++ = '\0';
	}
	return row;
}

int user_table_parse(const char *text, size_t size, unsigned fields, struct arena *arena,
		     struct user_table *ret)
{
	*ret = (struct user_table){ .arena = arena, .fields = fields };
	if (size > USERTABLE_BYTES_MAX)
		return -EFBIG;
	if (size > 0 && memchr(text, '\0', size))
		return -EBADMSG;
	for (size_t at = 0; at < size;) {
		const char *end = memchr(text + at, '\n', size - at);
		size_t length = (end ? (size_t)(end - text) : size) - at;
		char *line = arena_copy(arena, text + at, length);
		char *copy = arena_copy(arena, text + at, length);

		if (!line || !copy || grow(ret) < 0)
			return -ENOMEM;
		ret->rows[ret->count++] = split(line, copy, fields);
		at += length + 1;
	}
	return 0;
}

struct user_row *user_table_find(const struct user_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (has_fields(&table->rows[i]) && strcmp(table->rows[i].fields[0], name) == 0)
			return &table->rows[i];
	return NULL;
}

bool user_row_number(const struct user_row *row, unsigned field, uint32_t *ret)
{
	uint64_t number;

	if (!has_fields(row) || text_to_number(row->fields[field], UINT32_MAX - 1, &number) < 0)
		return false;
	*ret = (uint32_t)number;
	return true;
}

struct user_row *user_table_find_number(const struct user_table *table, unsigned field,
					uint32_t number)
{
	uint32_t own;

	for (size_t i = 0; i < table->count; i++)
		if (user_row_number(&table->rows[i], field, &own) && own == number)
			return &table->rows[i];
	return NULL;
}

static void change(struct user_table *table, struct user_row *row, unsigned field, const char *text)
{
	row->fields[field] = text;
	row->line = NULL;
	table->changed = true;
}

int user_table_set(struct user_table *table, struct user_row *row, unsigned field, const char *text)
{
	char *copy;

	if (strcmp(row->fields[field], text) == 0)
		return 0;
	copy = arena_copy(table->arena, text, strlen(text));
	if (!copy)
		return -ENOMEM;
	change(table, row, field, copy);
	return 0;
}

struct user_row *user_table_add(struct user_table *table, const char *name)
{
	char *copy = arena_copy(table->arena, name, strlen(name));
	struct user_row *row;

	if (!copy || grow(table) < 0)
		return NULL;
	row = &table->rows[table->count++];
	*row = (struct user_row){ .fields = { copy } };
	for (unsigned i = 1; i < table->fields; i++)
		row->fields[i] = "";
	table->changed = true;
	return row;
}

void user_table_remove(struct user_table *table, const char *name)
{
	struct user_row *row;

	while ((row = user_table_find(table, name))) {
		size_t after = (size_t)(table->rows + table->count - row) - 1;

		memmove(row, row + 1, after * sizeof(*row));
		table->count--;
		table->changed = true;
	}
}

/* Where name stands in a list with commas; NULL if it does not. */
static const char *find_member(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (list && *list) {
		size_t own = strcspn(list, ",");

		if (own == length && memcmp(list, name, length) == 0)
			return list;
		list += own + (list[own] == ',');
	}
	return NULL;
}

int user_table_add_member(struct user_table *table, struct user_row *row, unsigned field,
			  const char *name)
{
	const char *list = row->fields[field];
	size_t used = list ? strlen(list) : 0, bytes = used + strlen(name) + 2;
	char *joined;

	if (!list || find_member(list, name))
		return 0;
	joined = arena_get(table->arena, bytes, 1);
	if (!joined)
		return -ENOMEM;
	snprintf(joined, bytes, "%s%s%s", list, used > 0 ? "," : "", name);
	change(table, row, field, joined);
	return 0;
}

int user_table_remove_member(struct user_table *table, struct user_row *row, unsigned field,
			     const char *name)
{
	const char *at = find_member(row->fields[field], name);

	while (at) {
		const char *list = row->fields[field], *after = at + strlen(name);
		size_t before = (size_t)(at - list);
		char *rest;

		/* one of the two commas around it goes with it */
		if (*after == ',')
			after++;
		else if (before > 0)
			before--;
		rest = arena_get(table->arena, before + strlen(after) + 1, 1);
		if (!rest)
			return -ENOMEM;
		memcpy(rest, list, before);
		strcpy(rest + before, after);
		change(table, row, field, rest);
		at = find_member(rest, name);
	}
	return 0;
}

static void format_row(const struct user_table *table, const struct user_row *row, FILE *out)
{
	if (row->line)
		fputs(row->line, out);
	for (unsigned i = 0; !row->line && i < table->fields; i++)
		fprintf(out, "%s%s", i > 0 ? ":" : "", row->fields[i]);
	fputc('\n', out);
}

int user_table_format(const struct user_table *table, char **ret)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int failed;

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < table->count; i++)
		format_row(table, &table->rows[i], out);
	failed = ferror(out);
	if (fclose(out) != 0 || failed) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
