// SPDX-License-Identifier: Apache-2.0
/* The verb status: asks everyone, and shows what they say, also of those that do not answer. */
#include "keelson/keelson.h"
#include "lib/overview/machine.h"
#include "os/manager.h"
#include "os/spawn.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_BYTES_MAX 65536
#define UNITS_BYTES 16384

static const char *keep(struct arena *arena, const struct error *error)
{
	return arena_format(arena, "%s", error->text);
}

static void read_part(const struct places *places, const char *path, const char *missing,
		      struct overview_part *ret)
{
	const char *text;
	struct error error = { 0 };
	size_t size;
	int r = place_read(places, path, DOCUMENT_BYTES_MAX, &text, &size, &error);

	if (r == 0)
		overview_set_part(ret, text, size, places->arena);
	else
		ret->why = r == -ENOENT ? arena_format(places->arena, "%s is not there: %s", path,
						       missing)
					: keep(places->arena, &error);
}

static void ask_slot(const struct context *context, struct overview_part *ret)
{
	struct arena *arena = context->places.arena;
	const char *const argv[] = { arena_format(arena, "%s/keelson-slot", context->programs),
				     "status", "--json", NULL };
	struct spawn_io io = { 0 };
	struct error error = { 0 };

	if (spawn_io(argv, 0, &io, &error) < 0)
		ret->why = keep(arena, &error);
	else
		overview_set_part(ret, io.output, io.output_bytes, arena);
	free(io.output);
}

static void ask_manager(const struct places *places, struct overview_machine *machine)
{
	AUTO_MANAGER struct sd_bus *manager = NULL;
	char *const all[] = { NULL };
	char names[UNITS_BYTES] = "";
	struct error error = { 0 };
	int r = manager_connect(PID1_TIMEOUT_S, &manager, &error);

	if (r == 0)
		r = manager_units(manager, "failed", all, names, sizeof(names), &error);
	if (r < 0)
		machine->manager_why = keep(places->arena, &error);
	else
		words_split(names, WORDS_LIST, places->arena, &machine->failed);
}

static int count_containers(const struct places *places, struct overview_machine *machine,
			    struct error *error)
{
	struct overview_container *rows = NULL;
	size_t count = 0;
	int r = gather_containers(places, &rows, &count, error);

	for (size_t i = 0; i < count; i++) {
		const char *status = rows[i].status, *health = rows[i].health;

		machine->running += strcmp(status, "running") == 0;
		machine->ended += strcmp(status, "ended") == 0;
		machine->unfinished += strcmp(status, "unfinished") == 0;
		machine->unhealthy += strcmp(status, "running") == 0 && health &&
				      strcmp(health, "unhealthy") == 0;
	}
	return r;
}

int verb_status(const struct context *context, const struct request *request)
{
	const struct places *places = &context->places;
	struct overview_machine machine = { 0 };
	struct json_writer writer = { 0 };
	struct error error = { 0 };
	int r;

	read_part(places, place_of(places, "ready.json", NULL, NULL), "the boot is not complete",
		  &machine.parts[SOURCE_READY]);
	read_part(places, place_of(places, "health.json", NULL, NULL),
		  "keelson-health has not judged this boot yet", &machine.parts[SOURCE_HEALTH]);
	/* That of /run is of the first boot alone. */
	read_part(places,
		  arena_format(places->arena, "%s/var/lib/keelson/provision.json", places->root),
		  "the first boot has not ended", &machine.parts[SOURCE_PROVISION]);
	ask_slot(context, &machine.parts[SOURCE_SLOT]);
	ask_manager(places, &machine);
	r = count_containers(places, &machine, &error);
	if (r < 0)
		return complain_of(r, &error);
	if (request->json) {
		overview_put_machine(&writer, &machine, places->arena);
		json_put_text(&writer, "\n");
	} else {
		overview_print_machine(&writer, &machine, places->arena);
	}
	r = put_out(&writer, &error);
	if (r < 0)
		return complain_of(r, &error);
	return overview_problems(&machine, places->arena).count > 0 ? EXIT_WRONG : 0;
}
