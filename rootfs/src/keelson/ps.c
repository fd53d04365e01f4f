// SPDX-License-Identifier: Apache-2.0
/* The verb ps: what the files say comes first; without PID 1 it is shown all the same, and the exit
 * code tells. */
#include "keelson/keelson.h"
#include "keelson/units.h"
#include <errno.h>
#include <string.h>
#include <time.h>

struct list {
	const struct places *places;
	struct overview_container *rows;
	size_t count, room;
};

static struct overview_container *find(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->rows[i].name, name) == 0)
			return &list->rows[i];
	return NULL;
}

static int grow(struct list *list, struct error *error)
{
	size_t room = list->room * 2 + 16;
	struct overview_container *rows = arena_get(list->places->arena, room, sizeof(*rows));

	if (!rows)
		return error_set(error, -ENOMEM, "out of memory");
	if (list->count > 0)
		memcpy(rows, list->rows, list->count * sizeof(*rows));
	list->rows = rows;
	list->room = room;
	return 0;
}

/* A unit whose container is not there: it has failed, was stopped, or has not been started. */
static int add_unit(void *context, const char *unit, const char *name, const char *image,
		    struct error *error)
{
	struct list *list = context;
	struct overview_container *row = find(list, name);

	if (row) {
		if (!row->unit)
			row->unit = unit;
		return 0;
	}
	if (list->count == list->room && grow(list, error) < 0)
		return -ENOMEM;
	list->rows[list->count++] = (struct overview_container){ .name = name,
								 .image = image,
								 .status = "absent",
								 .unit = unit,
								 .memory_bytes = OVERVIEW_UNKNOWN,
								 .cpu_ms = OVERVIEW_UNKNOWN };
	return 0;
}

static int ask(struct list *list, bool all, struct error *error)
{
	AUTO_MANAGER struct sd_bus *manager = NULL;
	int r = manager_connect(PID1_TIMEOUT_S, &manager, error);

	if (r == 0 && all)
		r = units_each_container(manager, list->places->arena, add_unit, list, error);
	for (size_t i = 0; i < list->count && r == 0; i++)
		if (list->rows[i].unit)
			r = units_describe(manager, &list->rows[i], list->places->arena, error);
	return r;
}

int verb_ps(const struct context *context, const struct request *request)
{
	struct list list = { .places = &context->places };
	struct json_writer writer = { 0 };
	struct error error = { 0 };
	int status = 0, r = gather_containers(&context->places, &list.rows, &list.count, &error);

	if (r < 0)
		return complain_of(r, &error);
	list.room = list.count;
	status = complain_of(ask(&list, request->all, &error), &error);
	if (request->json)
		overview_put_containers(&writer, list.rows, list.count);
	else
		overview_print_containers(&writer, list.rows, list.count, (int64_t)time(NULL),
					  context->places.arena);
	if (request->json)
		json_put_text(&writer, "\n");
	r = put_out(&writer, &error);
	return r < 0 ? complain_of(r, &error) : status;
}
