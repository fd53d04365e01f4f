// SPDX-License-Identifier: Apache-2.0
/* See quadlet.h. */
#include "lib/quadlet/quadlet.h"
#include "lib/quadlet/conversion.h"
#include "lib/text.h"
#include <string.h>

static const char *const classes[QUADLET_CLASSES] = {
	[QUADLET_SYNTAX] = "syntax",
	[QUADLET_UNKNOWN_KEY] = "unknown-key",
	[QUADLET_REFUSED] = "refused",
	[QUADLET_MISSING_KEY] = "missing-required-key",
	[QUADLET_UNRESOLVED] = "unresolved-reference",
	[QUADLET_BAD_REFERENCE] = "bad-reference",
	[QUADLET_CONFLICT] = "conflicting-keys",
	[QUADLET_LISTS] = "inconsistent-lists",
	[QUADLET_BAD_VALUE] = "unsupported-value",
	[QUADLET_BAD_ESCAPE] = "bad-escape",
	[QUADLET_SHORT_NAME] = "short-image-name",
	[QUADLET_SERVICE_KEY] = "unsupported-service-key",
	[QUADLET_NO_EFFECT] = "no-effect",
};

const char *quadlet_class_name(enum quadlet_class class)
{
	return classes[class];
}

bool quadlet_kind_of(const char *name, enum quadlet_kind *ret)
{
	for (size_t i = 0; i < QUADLET_ALL_KINDS; i++) {
		const char *ending = quadlet_sections[i].ending;

		if (text_ends(name, ending) && strlen(name) > strlen(ending)) {
			*ret = (enum quadlet_kind)i;
			return true;
		}
	}
	return false;
}

void quadlet_add_problem(struct quadlet *quadlet, struct quadlet_problem problem)
{
	if (problem.warning)
		quadlet->warnings++;
	else
		quadlet->errors++;
	if (!quadlet->problems)
		quadlet->problems = arena_get(&quadlet->arena, QUADLET_PROBLEMS_MAX,
					      sizeof(*quadlet->problems));
	problem.order = quadlet->problem_count;
	if (quadlet->problems && quadlet->problem_count < QUADLET_PROBLEMS_MAX)
		quadlet->problems[quadlet->problem_count++] = problem;
}

const char *quadlet_problem_format(struct quadlet *quadlet, const struct quadlet_problem *problem)
{
	struct arena *arena = &quadlet->arena;
	const char *place = problem->path ? problem->path : "quadlet", *text;
	char *ret;

	if (problem->number > 0)
		place = arena_format(arena, "%s:%u", place, problem->number);
	text = arena_format(arena, "%s: %s: %s%s%s [%s]", place,
			    problem->warning ? "warning" : "error",
			    problem->key ? problem->key : "", problem->key ? ": " : "",
			    problem->text, quadlet_class_name(problem->class));
	ret = arena_copy(arena, text, strlen(text));
	for (char *at = ret; at && *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			*at = '?';
	return ret ? ret : "";
}

static struct quadlet_file *new_file(struct quadlet *quadlet, const char *path,
				     enum quadlet_kind kind)
{
	struct quadlet_file *file = arena_get(&quadlet->arena, 1, sizeof(*file));
	const char *slash;

	if (!file)
		return NULL;
	file->kind = kind;
	file->path = arena_format(&quadlet->arena, "%s", path);
	slash = strrchr(file->path, '/');
	file->name = slash ? slash + 1 : file->path;
	if (!quadlet->end)
		quadlet->end = &quadlet->files;
	*quadlet->end = file;
	quadlet->end = &file->next;
	quadlet->count++;
	return file;
}

static bool is_there(const struct quadlet *quadlet, const char *name)
{
	for (const struct quadlet_file *file = quadlet->files; file; file = file->next)
		if (strcmp(file->name, name) == 0)
			return true;
	return false;
}

struct quadlet_file *quadlet_add(struct quadlet *quadlet, const char *path, const char *text,
				 size_t size)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct quadlet_problem many = { .class = QUADLET_BAD_VALUE, .text = "too many files" };
	struct quadlet_file *file;
	enum quadlet_kind kind;

	if (!quadlet_kind_of(name, &kind) || is_there(quadlet, name))
		return NULL;
	if (quadlet->count >= QUADLET_FILES_MAX) {
		quadlet_add_problem(quadlet, many);
		return NULL;
	}
	file = new_file(quadlet, path, kind);
	if (!file)
		return NULL;
	if (size == 0) {
		file->off = true;
		return NULL;
	}
	unit_parse(&file->unit, text, size, file->path, &quadlet->arena);
	return file;
}

void quadlet_add_dropin(struct quadlet *quadlet, struct quadlet_file *file, const char *path,
			const char *text, size_t size)
{
	struct arena *arena = &quadlet->arena;

	unit_parse(&file->unit, text, size, arena_format(arena, "%s", path), arena);
}

void quadlet_dropin_folders(const char *name, struct arena *arena, struct words *ret)
{
	const char *ending = strrchr(name, '.') ? strrchr(name, '.') : "";
	const char *at = strchr(name, '@');
	size_t base = (size_t)(ending - name);

	if (*ending == '\0')
		return;
	at = at && at < ending ? at : NULL;
	words_add(ret, arena, arena_format(arena, "%s.d", name));
	if (at)
		base = (size_t)(at - name);
	if (at && at + 1 < ending)
		words_add(ret, arena, arena_format(arena, "%.*s@%s.d", (int)base, name, ending));
	for (size_t dash = base; dash > 0; dash--) {
		if (name[dash - 1] != '-' || dash == 0)
			continue;
		if (at)
			words_add(ret, arena,
				  arena_format(arena, "%.*s@%s.d", (int)dash, name, ending));
		words_add(ret, arena, arena_format(arena, "%.*s%s.d", (int)dash, name, ending));
	}
	words_add(ret, arena, arena_format(arena, "%s.d", ending + 1));
}

const char *quadlet_format(struct quadlet *quadlet, const struct quadlet_file *file,
			   const struct unit *unit)
{
	struct arena *arena = &quadlet->arena;

	return arena_format(arena, "# Made by keelson-quadlet from %s\n%s", file->path,
			    unit_format(unit, arena));
}

void quadlet_free(struct quadlet *quadlet)
{
	arena_free(&quadlet->arena);
	*quadlet = (struct quadlet){ 0 };
}
