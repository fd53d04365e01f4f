// SPDX-License-Identifier: Apache-2.0
/* See units.h. A property a call, over one connection; a list of all of a unit's properties would
 * be some hundred values for the six that are wanted. */
#include "keelson/units.h"
#include "lib/overview/origin.h"
#include "lib/text.h"
#include "os/file.h"
#include <errno.h>
#include <stdlib.h>
#include <systemd/sd-bus.h>

#define SERVICE "org.freedesktop.systemd1"
#define MANAGER SERVICE, "/org/freedesktop/systemd1", SERVICE ".Manager"

static void drop_message(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}
#define AUTO_DROP __attribute__((cleanup(drop_message)))

/* Takes the reply. */
static int judge(int r, const char *unit, const char *what, sd_bus_error *reply,
		 struct error *error)
{
	if (r < 0)
		r = error_set(error, r, "ask systemd for %s of %s: %s", what, unit,
			      reply->message ? reply->message : "no answer");
	sd_bus_error_free(reply);
	return r < 0 ? r : 0;
}

/* A unit's object; the caller frees it. */
static int object_of(const char *unit, char **ret, struct error *error)
{
	int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, ret);

	return r < 0 ? error_set(error, r, "%s is not a unit", unit) : 0;
}

static int get_text(sd_bus *bus, const char *unit, const char *path, const char *name,
		    struct arena *arena, const char **ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = sd_bus_get_property_string(bus, SERVICE, path, SERVICE ".Unit", name, &reply,
					   &text);

	if (r >= 0)
		*ret = arena_format(arena, "%s", text);
	return judge(r, unit, name, &reply, error);
}

/* Only units with processes of their own have them; a number that is not known is UINT64_MAX. */
static uint64_t get_amount(sd_bus *bus, const char *unit, const char *path, const char *name)
{
	uint64_t value = OVERVIEW_UNKNOWN;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	const char *kind = text_ends(unit, ".scope") ? SERVICE ".Scope" : SERVICE ".Service";

	if (sd_bus_get_property_trivial(bus, SERVICE, path, kind, name, &reply, 't', &value) < 0)
		value = OVERVIEW_UNKNOWN;
	sd_bus_error_free(&reply);
	return value;
}

int units_describe(struct sd_bus *manager, struct overview_container *row, struct arena *arena,
		   struct error *error)
{
	AUTO_FREE char *path = NULL;
	uint64_t cpu_ns;
	int r = object_of(row->unit, &path, error);

	if (r == 0)
		r = get_text(manager, row->unit, path, "ActiveState", arena, &row->active, error);
	if (r == 0)
		r = get_text(manager, row->unit, path, "SubState", arena, &row->sub, error);
	if (r < 0)
		return r;
	row->memory_bytes = get_amount(manager, row->unit, path, "MemoryCurrent");
	cpu_ns = get_amount(manager, row->unit, path, "CPUUsageNSec");
	row->cpu_ms = cpu_ns == OVERVIEW_UNKNOWN ? cpu_ns : cpu_ns / 1000000;
	return 0;
}

/* The words of the first command of ExecStart, which is a(sasbttttuii). */
static int read_command(sd_bus_message *value, struct arena *arena, struct words *ret)
{
	const char *word;
	int r = sd_bus_message_enter_container(value, 'a', "(sasbttttuii)");

	if (r > 0)
		r = sd_bus_message_enter_container(value, 'r', "sasbttttuii");
	if (r > 0)
		r = sd_bus_message_skip(value, "s");
	if (r > 0)
		r = sd_bus_message_enter_container(value, 'a', "s");
	if (r <= 0)
		return r;
	while ((r = sd_bus_message_read(value, "s", &word)) > 0 && ret->count < WORDS_MAX)
		words_add(ret, arena, arena_format(arena, "%s", word));
	return r;
}

static int get_command(sd_bus *bus, const char *unit, struct arena *arena, struct words *ret,
		       struct error *error)
{
	AUTO_FREE char *path = NULL;
	AUTO_DROP sd_bus_message *value = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = object_of(unit, &path, error);

	if (r < 0)
		return r;
	r = sd_bus_get_property(bus, SERVICE, path, SERVICE ".Service", "ExecStart", &reply, &value,
				"a(sasbttttuii)");
	if (r >= 0)
		r = read_command(value, arena, ret);
	return judge(r, unit, "ExecStart", &reply, error);
}

static int list_services(sd_bus *bus, struct arena *arena, struct words *ret, struct error *error)
{
	AUTO_DROP sd_bus_message *units = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	const char *name;
	int r = sd_bus_call_method(bus, MANAGER, "ListUnitsByPatterns", &reply, &units, "asas", 0,
				   1, "*.service");

	if (r >= 0)
		r = sd_bus_message_enter_container(units, 'a', "(ssssssouso)");
	while (r > 0 && (r = sd_bus_message_read(units, "(ssssssouso)", &name, NULL, NULL, NULL,
						 NULL, NULL, NULL, NULL, NULL, NULL)) > 0)
		words_add(ret, arena, arena_format(arena, "%s", name));
	return judge(r, "the machine", "units", &reply, error);
}

int units_each_container(struct sd_bus *manager, struct arena *arena, units_visit *visit,
			 void *context, struct error *error)
{
	struct words services = { 0 };
	int r = list_services(manager, arena, &services, error);

	for (size_t i = 0; i < services.count && r == 0; i++) {
		struct words command = { 0 };
		const char *name, *image;

		r = get_command(manager, services.at[i], arena, &command, error);
		if (r == 0 && origin_container(&command, arena, &name, &image))
			r = visit(context, services.at[i], name, image, error);
	}
	return r;
}
