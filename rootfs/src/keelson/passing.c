// SPDX-License-Identifier: Apache-2.0
/* The verbs logs, exec and images: another program does it, in our place, with our terminal and
 * environment. */
#include "keelson/keelson.h"
#include "keelson/units.h"
#include "lib/overview/origin.h"
#include "lib/run/options.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX UINT32_MAX

static const char *program(const struct context *context, const char *name)
{
	return arena_format(context->places.arena, "%s/%s", context->programs, name);
}

/* Returns only if it cannot be. */
static int become(const struct context *context, struct words *argv, struct error *error)
{
	words_add(argv, context->places.arena, NULL);
	if (context->places.arena->exhausted)
		return complain_of(error_set(error, -ENOMEM, "out of memory"), error);
	execv(argv->at[0], (char *const *)(uintptr_t)argv->at);
	return complain_of(error_errno(error, "execute %s", argv->at[0]), error);
}

struct search {
	const char *name, *unit;
};

static int look(void *context, const char *unit, const char *name, const char *image,
		struct error *error)
{
	struct search *search = context;

	(void)image;
	(void)error;
	if (strcmp(name, search->name) == 0)
		search->unit = unit;
	return 0;
}

/* That runs or has run the container: by its process, else by the units that would start it. */
static int unit_of(const struct context *context, const char *name, const char **ret,
		   struct error *error)
{
	AUTO_MANAGER struct sd_bus *manager = NULL;
	struct search search = { .name = name };
	struct overview_container row;
	int r;

	if (origin_is_unit(name)) {
		*ret = name;
		return 0;
	}
	if (!run_is_name(name))
		return error_set(error, -EINVAL, "%s is no name of a container", name);
	gather_container(&context->places, name, &row);
	*ret = row.unit;
	if (row.unit)
		return 0;
	r = manager_connect(PID1_TIMEOUT_S, &manager, error);
	if (r == 0)
		r = units_each_container(manager, context->places.arena, look, &search, error);
	if (r < 0)
		return error_wrap(error,
				  "container %s does not run, and what unit it has is not known",
				  name);
	*ret = search.unit;
	return search.unit
		       ? 0
		       : error_set(error, -ENOENT,
				   "no container %s runs, and no unit starts one; see "
				   "\"keelson ps --all\", or name a unit: keelson logs %s.service",
				   name, name);
}

int verb_logs(const struct context *context, const struct request *request)
{
	struct arena *arena = context->places.arena;
	struct words argv = { 0 };
	struct error error = { 0 };
	const char *unit = NULL;
	uint64_t lines;
	int r = 0;

	if (request->lines && text_to_number(request->lines, LINES_MAX, &lines) < 0) {
		fprintf(stderr, "keelson: -n %s is no number of lines\n", request->lines);
		return EXIT_USAGE;
	}
	r = unit_of(context, request->words[0], &unit, &error);
	if (r < 0)
		return complain_of(r, &error);
	words_add(&argv, arena, program(context, "journalctl"));
	words_add(&argv, arena, arena_format(arena, "--unit=%s", unit));
	if (request->lines)
		words_add(&argv, arena, arena_format(arena, "--lines=%s", request->lines));
	if (request->follow)
		words_add(&argv, arena, "--follow");
	if (request->json)
		words_add(&argv, arena, "--output=json");
	return become(context, &argv, &error);
}

int verb_execute(const struct context *context, const struct request *request)
{
	const struct places *places = &context->places;
	struct words argv = { 0 };
	struct error error = { 0 };

	words_add(&argv, places->arena, program(context, "keelson-run"));
	words_add(&argv, places->arena, "--root");
	words_add(&argv, places->arena, places->root);
	words_add(&argv, places->arena, "exec");
	for (size_t i = 0; i < request->count; i++)
		words_add(&argv, places->arena, request->words[i]);
	return become(context, &argv, &error);
}

int verb_images_of(const struct context *context, const struct request *request)
{
	const struct places *places = &context->places;
	struct words argv = { 0 };
	struct error error = { 0 };

	words_add(&argv, places->arena, program(context, "keelson-oci"));
	words_add(&argv, places->arena, "--root");
	words_add(&argv, places->arena, places->store);
	if (request->json)
		words_add(&argv, places->arena, "--json");
	words_add(&argv, places->arena, "images");
	return become(context, &argv, &error);
}
