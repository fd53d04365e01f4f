// SPDX-License-Identifier: Apache-2.0
/* All files at once, those first that others refer to; see quadlet.h. */
#include "lib/quadlet/conversion.h"
#include "lib/run/refusal.h"
#include "lib/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void check_keys(struct conversion *c, const char *section, bool (*known)(const char *key))
{
	const struct unit_section *found = unit_section(c->unit, section);

	for (const struct unit_line *line = found ? found->first : NULL; line; line = line->next)
		if (known ? !known(line->key) : !quadlet_find_key(c->file->kind, line->key))
			quadlet_fail(c, line, QUADLET_UNKNOWN_KEY,
				     "unsupported key '%s' in group '%s'", line->key, section);
}

static bool is_quadlet_key(const char *key)
{
	return strcmp(key, "DefaultDependencies") == 0;
}

static void check_sections(struct conversion *c)
{
	static const char *const passed_on[] = { "Unit", "Service", "Install", "Quadlet" };

	for (const struct unit_section *section = c->unit->first; section;
	     section = section->next) {
		struct unit_line line = { .key = section->name,
					  .path = section->path,
					  .number = section->number };
		bool known = strcmp(section->name, c->section) == 0 ||
			     strncmp(section->name, "X-", 2) == 0;

		for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
			known |= strcmp(section->name, passed_on[i]) == 0;
		if (!known)
			quadlet_fail(c, &line, QUADLET_UNKNOWN_KEY, "a %s file has no such section",
				     quadlet_sections[c->file->kind].ending);
	}
}

/* What is meant for us alone is kept under names that systemd passes over. */
static void rename_sections(struct conversion *c)
{
	for (struct unit_section *section = c->service->first; section; section = section->next)
		if (strcmp(section->name, c->section) == 0 || strcmp(section->name, "Quadlet") == 0)
			section->name = arena_format(c->arena, "X-%s", section->name);
}

static void check_name(struct conversion *c)
{
	const struct unit_line *line = unit_last(c->unit, c->section, "ServiceName");
	const struct quadlet_file *other = c->quadlet->files;

	if (!quadlet_is_unit_name(c->file->service))
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is no name of a unit",
			     c->file->service);
	for (const char *at = c->file->path; *at != '\0'; at++)
		if ((unsigned char)*at < ' ')
			quadlet_fail(c, NULL, QUADLET_BAD_VALUE, "its path has control characters");
	for (; other; other = other->next)
		if (other != c->file && other->generated.first && !other->failed &&
		    strcmp(other->service, c->file->service) == 0)
			quadlet_fail(c, line, QUADLET_CONFLICT, "%s is made by %s too",
				     c->file->service, other->path);
}

/* Where the nth of a key's options comes from: its nth line if there are as many of both, else the
 * last one, which stands for all. */
static const struct unit_line *line_of(const struct conversion *c, const char *key, size_t n,
				       size_t count)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key), *found = NULL;
	size_t lines = 0;

	for (; line; line = unit_next(line))
		if (lines++ == n)
			found = line;
	return lines == count ? found : unit_last(c->unit, c->section, key);
}

/* Whoever checks files before they get to a machine sees it there. first: of the key's options. */
static void warn_of_start(struct conversion *c, const char *key, size_t first)
{
	static const enum run_verb verbs[QUADLET_ALL_KINDS] = { [QUADLET_CONTAINER] = RUN_CONTAINER,
								[QUADLET_POD] = RUN_POD,
								[QUADLET_VOLUME] = RUN_VOLUME,
								[QUADLET_NETWORK] = RUN_NETWORK,
								[QUADLET_IMAGE] = RUN_IMAGE };
	size_t count = c->options.count - first;

	for (size_t i = 0; i < count; i++) {
		const char *option = c->options.at[first + i];
		struct arena arena = { 0 };
		struct error error = { 0 };

		if (!quadlet_is_open(option) &&
		    run_refusal(verbs[c->file->kind], option, c->file->name, &arena, &error) < 0)
			quadlet_warn(c, line_of(c, key, i, count), QUADLET_REFUSED,
				     "it will not start: %s", error.text);
		arena_free(&arena);
	}
}

static void convert(struct quadlet *quadlet, struct quadlet_file *file)
{
	const struct quadlet_section *kind = &quadlet_sections[file->kind];
	struct conversion c = {
		.quadlet = quadlet,
		.arena = &quadlet->arena,
		.file = file,
		.unit = &file->unit,
		.section = kind->name,
		.service = &file->generated,
	};

	check_sections(&c);
	check_keys(&c, kind->name, NULL);
	check_keys(&c, "Quadlet", is_quadlet_key);
	check_name(&c);
	unit_copy(&file->unit, c.arena, &file->generated);
	rename_sections(&c);
	quadlet_dependencies(&c);
	for (const struct quadlet_key *key = kind->keys; key->name; key++) {
		size_t first = c.options.count;

		if (key->apply)
			key->apply(&c, key);
		warn_of_start(&c, key->name, first);
	}
	quadlet_service(&c);
	quadlet_install(&c);
	if (c.pod && !file->failed)
		words_add(&c.pod->members, c.arena, file->service);
}

static void report_syntax(struct quadlet *quadlet, struct quadlet_file *file)
{
	const struct unit_problem *problem = file->unit.problems;

	for (; problem; problem = problem->next) {
		struct quadlet_problem syntax = { .class = QUADLET_SYNTAX };

		syntax.path = problem->path;
		syntax.number = problem->number;
		syntax.text = problem->text;
		file->failed = true;
		quadlet_add_problem(quadlet, syntax);
	}
}

static void refuse_kind(struct quadlet *quadlet, struct quadlet_file *file)
{
	const struct quadlet_section *kind = &quadlet_sections[file->kind];
	const struct unit_section *section = unit_section(&file->unit, kind->name);
	struct quadlet_problem problem = { .class = QUADLET_REFUSED, .path = file->path };

	problem.number = section ? section->number : 0;
	problem.text = arena_format(&quadlet->arena, "%s files are not supported: %s", kind->ending,
				    kind->why);
	file->failed = true;
	quadlet_add_problem(quadlet, problem);
}

/* By file and line, in the order in which they were found. */
static int by_place(const void *a, const void *b)
{
	const struct quadlet_problem *left = a, *right = b;
	int order = strcmp(left->path ? left->path : "", right->path ? right->path : "");

	if (order != 0 || left->number != right->number)
		return order != 0 ? order : left->number < right->number ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

int quadlet_convert(struct quadlet *quadlet)
{
	for (struct quadlet_file *file = quadlet->files; file; file = file->next)
		quadlet_name(quadlet, file);
	for (enum quadlet_kind kind = 0; kind < QUADLET_ALL_KINDS; kind++) {
		for (struct quadlet_file *file = quadlet->files; file; file = file->next) {
			if (file->kind != kind || file->off)
				continue;
			report_syntax(quadlet, file);
			if (quadlet_sections[kind].why)
				refuse_kind(quadlet, file);
			else
				convert(quadlet, file);
		}
	}
	if (quadlet->problem_count > 0)
		qsort(quadlet->problems, quadlet->problem_count, sizeof(*quadlet->problems),
		      by_place);
	return quadlet->arena.exhausted ? -ENOMEM : 0;
}
