// SPDX-License-Identifier: Apache-2.0
/* See manager.h. Must never write a property, nor start a job but for a restart. */
#include "os/manager.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define ADDRESS "unix:path=/run/systemd/private"
#define SERVICE "org.freedesktop.systemd1"
#define UNIT SERVICE ".Unit"
#define MANAGER "/org/freedesktop/systemd1", SERVICE ".Manager"
#define AUTO_MESSAGE __attribute__((cleanup(free_message)))

void manager_close(struct sd_bus **manager)
{
	*manager = sd_bus_close_unref(*manager);
}

int manager_connect(unsigned timeout_s, struct sd_bus **ret, struct error *error)
{
	AUTO_MANAGER sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, ADDRESS);
	if (r >= 0)
		r = sd_bus_set_method_call_timeout(bus, timeout_s * UINT64_C(1000000));
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r < 0) {
		errno = -r;
		return error_errno(error, "connect to " ADDRESS);
	}
	*ret = bus;
	bus = NULL;
	return 0;
}

static void free_message(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}

/* What a question has come to; takes its reply. */
static int answered(int r, const char *question, sd_bus_error *reply, struct error *error)
{
	if (r < 0)
		r = error_set(error, r, "ask systemd for %s: %s", question,
			      reply->message ? reply->message : "no answer");
	sd_bus_error_free(reply);
	return r < 0 ? r : 0;
}

static int property(sd_bus *bus, const char *name, char type, void *ret, struct error *error)
{
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = sd_bus_get_property_trivial(bus, SERVICE, MANAGER, name, &reply, type, ret);

	return answered(r, name, &reply, error);
}

int manager_ask(struct sd_bus *manager, struct manager_facts *ret, struct error *error)
{
	struct manager_facts facts;
	int r = property(manager, "NFailedUnits", 'u', &facts.failed_units, error);

	if (r == 0)
		r = property(manager, "UserspaceTimestampMonotonic", 't', &facts.userspace_usec,
			     error);
	if (r == 0)
		*ret = facts;
	return r;
}

/* The caller frees it. */
static int unit_path(const char *unit, char **ret, struct error *error)
{
	int r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, ret);

	return r < 0 ? error_set(error, r, "%s: not a unit", unit) : 0;
}

static int unit_job(sd_bus *bus, const char *path, bool *ret, struct error *error)
{
	AUTO_MESSAGE sd_bus_message *job = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	uint32_t number = 0;
	int r = sd_bus_get_property(bus, SERVICE, path, UNIT, "Job", &reply, &job, "(uo)");

	if (r >= 0)
		r = sd_bus_message_read(job, "(uo)", &number, NULL);
	if (r >= 0)
		*ret = number != 0;
	return answered(r, "Job", &reply, error);
}

static int unit_active(sd_bus *bus, const char *path, char ret[16], struct error *error)
{
	AUTO_FREE char *state = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = sd_bus_get_property_string(bus, SERVICE, path, UNIT, "ActiveState", &reply, &state);

	if (r >= 0)
		snprintf(ret, 16, "%s", state);
	return answered(r, "ActiveState", &reply, error);
}

int manager_unit(struct sd_bus *manager, const char *unit, char ret_active[16], bool *ret_job,
		 struct error *error)
{
	AUTO_FREE char *path = NULL;
	int r = unit_path(unit, &path, error);

	/* In this order: a job that is done between the two questions has left its result. */
	if (r == 0)
		r = unit_job(manager, path, ret_job, error);
	return r < 0 ? r : unit_active(manager, path, ret_active, error);
}

static int ask_for_units(sd_bus *bus, const char *state, char *const patterns[],
			 sd_bus_message **ret, struct error *error)
{
	AUTO_MESSAGE sd_bus_message *call = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = sd_bus_message_new_method_call(bus, &call, SERVICE, MANAGER, "ListUnitsByPatterns");

	if (r >= 0)
		r = sd_bus_message_append(call, "as", 1, state);
	if (r >= 0)
		r = sd_bus_message_append_strv(call, (char **)patterns);
	if (r >= 0)
		r = sd_bus_call(bus, call, 0, &reply, ret);
	if (r >= 0)
		r = sd_bus_message_enter_container(*ret, 'a', "(ssssssouso)");
	return answered(r, "units", &reply, error);
}

int manager_units(struct sd_bus *manager, const char *state, char *const patterns[], char *ret,
		  size_t room, struct error *error)
{
	AUTO_MESSAGE sd_bus_message *units = NULL;
	const char *name;
	int count = 0, r = ask_for_units(manager, state, patterns, &units, error);

	if (r < 0)
		return r;
	ret[0] = '\0';
	while ((r = sd_bus_message_read(units, "(ssssssouso)", &name, NULL, NULL, NULL, NULL, NULL,
					NULL, NULL, NULL, NULL)) > 0) {
		size_t used = strlen(ret);

		snprintf(ret + used, room - used, "%s%s", count++ > 0 ? " " : "", name);
	}
	return r < 0 ? error_set(error, r, "ask systemd for units: bad answer") : count;
}

static void free_list(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

int manager_requirements(struct sd_bus *manager, const char *unit, const char *state, char *ret,
			 size_t room, struct error *error)
{
	AUTO_FREE char *path = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	char **required = NULL;
	int r = unit_path(unit, &path, error);

	if (r < 0)
		return r;
	r = sd_bus_get_property_strv(manager, SERVICE, path, UNIT, "Requires", &reply, &required);
	r = answered(r, "Requires", &reply, error);
	if (r == 0)
		r = manager_units(manager, state, required, ret, room, error);
	free_list(required);
	return r;
}

int manager_stopping(struct sd_bus *manager, struct error *error)
{
	AUTO_FREE char *state = NULL;
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = sd_bus_get_property_string(manager, SERVICE, MANAGER, "SystemState", &reply,
					   &state);

	r = answered(r, "SystemState", &reply, error);
	return r < 0 ? r : strcmp(state, "stopping") == 0;
}

int manager_restart(struct sd_bus *manager, bool force, struct error *error)
{
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = force ? sd_bus_call_method(manager, SERVICE, MANAGER, "Reboot", &reply, NULL, "")
		      : sd_bus_call_method(manager, SERVICE, MANAGER, "StartUnit", &reply, NULL,
					   "ss", "reboot.target", "replace-irreversibly");

	return answered(r, "a restart", &reply, error);
}
