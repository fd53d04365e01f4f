// SPDX-License-Identifier: Apache-2.0
/* See manager.h. Must never write a property or start a job. */
#include "os/manager.h"
#include <errno.h>
#include <systemd/sd-bus.h>

#define ADDRESS "unix:path=/run/systemd/private"

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

static int property(sd_bus *bus, const char *name, char type, void *ret, struct error *error)
{
	sd_bus_error reply = SD_BUS_ERROR_NULL;
	int r = sd_bus_get_property_trivial(
		bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", name, &reply, type, ret);

	if (r < 0)
		r = error_set(error, r, "ask systemd for %s: %s", name,
			      reply.message ? reply.message : "no answer");
	sd_bus_error_free(&reply);
	return r < 0 ? r : 0;
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
