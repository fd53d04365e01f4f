// SPDX-License-Identifier: Apache-2.0
/* See conversion.h. */
#include "lib/quadlet/conversion.h"
#include "lib/path.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void quadlet_report(struct conversion *c, const struct unit_line *line, enum quadlet_class class,
		    bool warning, const char *format, ...)
{
	const struct unit_section *section = unit_section(c->unit, c->section);
	struct quadlet_problem problem = { .class = class, .warning = warning };
	va_list args;

	va_start(args, format);
	problem.text = arena_vformat(c->arena, format, args);
	va_end(args);
	problem.path = c->file->path;
	if (line) {
		problem.key = line->key;
		problem.number = line->number;
		problem.path = line->path;
	} else if (section) {
		problem.number = section->number;
		problem.path = section->path;
	}
	c->file->failed |= !warning;
	if (problem.text)
		quadlet_add_problem(c->quadlet, problem);
}

const char *quadlet_text(struct conversion *c, const char *key, const struct unit_line **ret_line)
{
	const struct unit_line *line = unit_last(c->unit, c->section, key);
	const char *value = line ? unit_value(line, c->arena) : "";

	if (ret_line)
		*ret_line = line;
	return *value == '\0' ? NULL : value;
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

bool quadlet_flag(struct conversion *c, const char *key, bool otherwise)
{
	static const char *const yes[] = { "1", "yes", "true", "on", NULL };
	static const char *const no[] = { "0", "no", "false", "off", NULL };
	const struct unit_line *line;
	const char *value = quadlet_text(c, key, &line);

	if (!value || is_one_of(value, yes))
		return value ? true : otherwise;
	if (!is_one_of(value, no))
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is neither yes nor no", value);
	return false;
}

void quadlet_words(struct conversion *c, const struct unit_line *line, enum words_style style,
		   struct words *ret)
{
	unsigned odd = words_split(line->value, style, c->arena, ret);

	if (odd & WORDS_ODD_ESCAPE)
		quadlet_warn(c, line, QUADLET_BAD_ESCAPE,
			     "unsupported escape char: the backslash is kept; write \\\\ for one");
	if (odd & WORDS_TOO_MANY)
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "more than %d words", WORDS_MAX);
	if (odd & WORDS_OPEN_QUOTE && style == WORDS_LIST)
		quadlet_fail(c, line, QUADLET_SYNTAX, "a quote is not closed");
	else if (odd & WORDS_OPEN_QUOTE)
		quadlet_warn(c, line, QUADLET_SYNTAX,
			     "a quote is not closed: it reaches to the end");
}

struct words quadlet_all_words(struct conversion *c, const char *key, enum words_style style)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key);
	struct words words = { 0 };

	for (; line; line = unit_next(line))
		quadlet_words(c, line, style, &words);
	return words;
}

bool quadlet_is_open(const char *text)
{
	return strpbrk(text, "$%") != NULL;
}

/* "$NAME" as a word of its own is filled in by systemd, but not within a word as "${NAME}" is. */
static bool is_variable(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

	return text[0] == '$' && text[1] != '\0' && strchr(letters, text[1]) &&
	       text[1 + strspn(text + 1,
			       "0123456789"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")] == '\0';
}

void quadlet_option(struct conversion *c, const char *option, const char *value)
{
	const char *format = is_variable(value) ? "--%s=${%s}" : "--%s=%s";

	words_add(&c->options, c->arena,
		  arena_format(c->arena, format, option, value + is_variable(value)));
}

void quadlet_bare_option(struct conversion *c, const char *option)
{
	words_add(&c->options, c->arena, arena_format(c->arena, "--%s", option));
}

const char *quadlet_command(struct arena *arena, const char *start, const struct words *options,
			    const struct words *operands)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *ret;

	if (!out) {
		arena->exhausted = true;
		return "";
	}
	fputs(start, out);
	for (size_t i = 0; i < options->count; i++) {
		fputs(" \\\n\t", out);
		words_quote(out, options->at[i]);
	}
	for (size_t i = 0; i < operands->count; i++) {
		fputs(i == 0 && options->count > 0 ? " \\\n\t" : " ", out);
		words_quote(out, operands->at[i]);
	}
	fclose(out);
	ret = text ? arena_copy(arena, text, size) : NULL;
	free(text);
	return ret ? ret : "";
}

struct quadlet_file *quadlet_find(const struct quadlet *quadlet, const char *name)
{
	struct quadlet_file *file = quadlet->files;

	while (file && (file->off || strcmp(file->name, name) != 0))
		file = file->next;
	return file;
}

struct quadlet_file *quadlet_require(struct conversion *c, const struct unit_line *line,
				     const char *name, const char *dependency)
{
	struct quadlet_file *file = quadlet_find(c->quadlet, name);

	if (!file)
		quadlet_fail(c, line, QUADLET_UNRESOLVED, "%s was not found", name);
	else if (quadlet_sections[file->kind].why)
		quadlet_fail(c, line, QUADLET_REFUSED, "%s: %s", name,
			     quadlet_sections[file->kind].why);
	else if (file->failed)
		quadlet_fail(c, line, QUADLET_UNRESOLVED, "%s has errors", name);
	else if (!file->resource)
		quadlet_fail(c, line, QUADLET_BAD_REFERENCE,
			     "the name that %s makes is known to systemd only", name);
	if (!file || quadlet_sections[file->kind].why || file->failed || !file->resource)
		return NULL;
	unit_add(c->service, c->arena, "Unit", dependency, file->service);
	unit_add(c->service, c->arena, "Unit", "After", file->service);
	return file;
}

const char *quadlet_percents(struct arena *arena, const char *text, size_t length)
{
	char *ret = arena_get(arena, 2 * length + 1, 1), *out = ret;

	for (size_t i = 0; ret && i < length; i++) {
		if (text[i] == '%')
			*out++ = '%';
		*out++ = text[i];
	}
	return ret ? ret : "";
}

const char *quadlet_absolute(struct conversion *c, const char *path)
{
	const char *slash = strrchr(c->file->path, '/'), *joined;
	char *clean;

	if (path[0] == '/' || (path[0] == '%' && path[1] != '%') || path[0] == '$')
		return path;
	joined = quadlet_percents(c->arena, c->file->path,
				  slash ? (size_t)(slash - c->file->path) : 0);
	joined = arena_format(c->arena, "%s/%s", slash ? joined : ".", path);
	clean = arena_get(c->arena, strlen(joined) + 2, 1);
	if (!clean)
		return "";
	path_clean(joined, strlen(joined), clean);
	return clean;
}
