// SPDX-License-Identifier: Apache-2.0
/* See unit.h. Which lines there are and how they are joined is as in the reference's parser. */
#include "lib/quadlet/unit.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\v\f"

struct parser {
	struct unit *unit;
	struct arena *arena;
	const char *path;
	struct unit_section *section;
	char *joined,
		*end;    /* the line so far; behind it is room for all that is left of the file */
	uint32_t number; /* of the last line that was read */
	uint32_t began;  /* where the line began that is open; 0: none is */
};

static void fail(struct parser *parser, uint32_t number, const char *text)
{
	struct unit_problem *problem = arena_get(parser->arena, 1, sizeof(*problem));

	if (!problem)
		return;
	*problem = (struct unit_problem){ parser->unit->problems, parser->path, text, number };
	parser->unit->problems = problem;
}

struct unit_section *unit_section(const struct unit *unit, const char *name)
{
	struct unit_section *section = unit->first;

	while (section && strcmp(section->name, name) != 0)
		section = section->next;
	return section;
}

static struct unit_section *need_section(struct unit *unit, struct arena *arena, const char *name)
{
	struct unit_section *section = unit_section(unit, name);

	if (section)
		return section;
	section = arena_get(arena, 1, sizeof(*section));
	if (!section)
		return NULL;
	section->name = name;
	if (unit->last)
		unit->last->next = section;
	else
		unit->first = section;
	unit->last = section;
	return section;
}

static struct unit_line *add_line(struct unit *unit, struct arena *arena,
				  struct unit_section *section, const char *key, const char *value)
{
	struct unit_line *line = section ? arena_get(arena, 1, sizeof(*line)) : NULL;

	if (!line)
		return NULL;
	line->key = key;
	line->value = value;
	if (section->last)
		section->last->next = line;
	else
		section->first = line;
	section->last = line;
	unit->lines++;
	return line;
}

static size_t length_without_blanks(const char *text, size_t length)
{
	while (length > 0 && strchr(BLANKS, text[length - 1]))
		length--;
	return length;
}

/* "[Name]", with blanks behind it. */
static size_t section_length(const char *text)
{
	const char *end = *text == '[' ? strchr(text, ']') : NULL;

	if (!end || end[1 + strspn(end + 1, BLANKS)] != '\0')
		return 0;
	return (size_t)(end - text) - 1;
}

static void take_section(struct parser *parser, char *text, size_t length, uint32_t number)
{
	text[length + 1] = '\0';
	if (strchr(text + 1, '[')) {
		fail(parser, number, "is no name of a section");
		return;
	}
	parser->section = need_section(parser->unit, parser->arena, text + 1);
	if (parser->section && !parser->section->path) {
		parser->section->path = parser->path;
		parser->section->number = number;
	}
}

/* Why a line cannot be an assignment, or NULL. */
static const char *no_assignment(const struct parser *parser, const char *key)
{
	if (!parser->section)
		return "an assignment stands before any section";
	if (*key == '\0')
		return "an assignment to nothing";
	return parser->unit->lines >= UNIT_LINES_MAX ? "too many assignments" : NULL;
}

static void take_assignment(struct parser *parser, char *text, char *equals, uint32_t number)
{
	const char *why;
	struct unit_line *line;

	text[length_without_blanks(text, (size_t)(equals - text))] = '\0';
	why = no_assignment(parser, text);
	if (why) {
		fail(parser, number, why);
		return;
	}
	line = add_line(parser->unit, parser->arena, parser->section, text,
			equals + 1 + strspn(equals + 1, BLANKS));
	if (line) {
		line->path = parser->path;
		line->number = number;
	}
}

static void take_line(struct parser *parser, char *text, uint32_t number)
{
	size_t length = section_length(text);
	char *equals = strchr(text, '=');

	if (length > 0)
		take_section(parser, text, length, number);
	else if (equals)
		take_assignment(parser, text, equals, number);
	else
		fail(parser, number, "is no section, assignment or comment");
}

/* Takes a line of the file, which may be a part of one only. */
static void read_line(struct parser *parser, const char *text, size_t length)
{
	uint32_t began;
	char *line;
	bool goes_on;

	parser->number++;
	for (; length > 0 && strchr(BLANKS, *text); text++)
		length--;
	length = length_without_blanks(text, length);
	if (length == 0 || *text == '#' || *text == ';')
		return;
	goes_on = text[length - 1] == '\\';
	memcpy(parser->end, text, length - goes_on);
	parser->end += length - goes_on;
	*parser->end = '\0';
	began = parser->began > 0 ? parser->began : parser->number;
	parser->began = goes_on ? began : 0;
	if (goes_on)
		return;
	line = parser->joined;
	parser->joined = ++parser->end;
	take_line(parser, line, began);
}

void unit_parse(struct unit *unit, const char *text, size_t size, const char *path,
		struct arena *arena)
{
	struct parser parser = { .unit = unit, .arena = arena, .path = path };

	if (size > UNIT_BYTES_MAX || memchr(text, '\0', size)) {
		fail(&parser, 1, size > UNIT_BYTES_MAX ? "too long" : "has a zero byte");
		return;
	}
	parser.joined = parser.end = arena_get(arena, size + 2, 1);
	for (size_t at = 0; parser.joined && at < size;) {
		const char *newline = memchr(text + at, '\n', size - at);
		size_t length = newline ? (size_t)(newline - text) - at : size - at;

		read_line(&parser, text + at, length);
		at += length + 1;
	}
	if (parser.began > 0)
		fail(&parser, parser.began, "goes on behind the end of the file");
}

struct unit_line *unit_last(const struct unit *unit, const char *section, const char *key)
{
	const struct unit_section *found = unit_section(unit, section);
	struct unit_line *ret = NULL;

	for (struct unit_line *line = found ? found->first : NULL; line; line = line->next)
		if (strcmp(line->key, key) == 0)
			ret = line;
	return ret;
}

static const struct unit_line *same_key(const struct unit_line *line, const char *key)
{
	while (line && strcmp(line->key, key) != 0)
		line = line->next;
	return line;
}

const struct unit_line *unit_next(const struct unit_line *line)
{
	return same_key(line->next, line->key);
}

const struct unit_line *unit_first(const struct unit *unit, const char *section, const char *key)
{
	const struct unit_section *found = unit_section(unit, section);
	const struct unit_line *first = same_key(found ? found->first : NULL, key);

	for (const struct unit_line *line = first; line; line = unit_next(line))
		if (*line->value == '\0')
			first = unit_next(line);
	return first;
}

const char *unit_value(const struct unit_line *line, struct arena *arena)
{
	size_t length = strlen(line->value);
	const char *inner;

	if (length < 2 || line->value[0] != '"' || line->value[length - 1] != '"')
		return line->value;
	inner = arena_copy(arena, line->value + 1, length - 2);
	return inner ? inner : "";
}

void unit_add(struct unit *unit, struct arena *arena, const char *section, const char *key,
	      const char *value)
{
	add_line(unit, arena, need_section(unit, arena, section), key, value);
}

void unit_prepend(struct unit *unit, struct arena *arena, const char *section, const char *key,
		  const char *value)
{
	struct unit_section *found = need_section(unit, arena, section);
	struct unit_line *line = found ? arena_get(arena, 1, sizeof(*line)) : NULL;

	if (!line)
		return;
	*line = (struct unit_line){ .next = found->first, .key = key, .value = value };
	found->first = line;
	if (!found->last)
		found->last = line;
	unit->lines++;
}

void unit_remove(struct unit *unit, const char *section, const char *key)
{
	struct unit_section *found = unit_section(unit, section);
	struct unit_line **at = found ? &found->first : NULL;

	if (!found)
		return;
	found->last = NULL;
	while (*at) {
		if (strcmp((*at)->key, key) == 0) {
			*at = (*at)->next;
			unit->lines--;
		} else {
			found->last = *at;
			at = &(*at)->next;
		}
	}
}

void unit_copy(const struct unit *unit, struct arena *arena, struct unit *ret)
{
	*ret = (struct unit){ 0 };
	for (const struct unit_section *from = unit->first; from; from = from->next) {
		struct unit_section *section = need_section(ret, arena, from->name);

		for (const struct unit_line *line = from->first; line; line = line->next)
			add_line(ret, arena, section, line->key, line->value);
	}
}

const char *unit_format(const struct unit *unit, struct arena *arena)
{
	const char *ret;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		arena->exhausted = true;
		return "";
	}
	for (const struct unit_section *section = unit->first; section; section = section->next) {
		fprintf(out, "%s[%s]\n", section == unit->first ? "" : "\n", section->name);
		for (const struct unit_line *line = section->first; line; line = line->next)
			fprintf(out, "%s=%s\n", line->key, line->value);
	}
	fclose(out);
	ret = text ? arena_copy(arena, text, size) : NULL;
	free(text);
	return ret ? ret : "";
}
