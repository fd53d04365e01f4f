// SPDX-License-Identifier: Apache-2.0
/* See manager.h. Must never write a property or start a job. */
#include "os/manager.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define ADDRESS "unix:path=/run/systemd/private"
#define SERVICE "org.freedesktop.systemd1"
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
