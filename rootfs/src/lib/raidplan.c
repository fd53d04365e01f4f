// SPDX-License-Identifier: Apache-2.0
/* See raidplan.h. Must never take an array of other members for the one that is wanted. */
#include "lib/raidplan.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int raidplan_active(const struct ign_raid *wanted, unsigned *ret, struct error *error)
{
	const int64_t count = (int64_t)wanted->devices.count;

	if (count > RAIDPLAN_DEVICES_MAX)
		return error_set(error, -EINVAL, "more than %d devices", RAIDPLAN_DEVICES_MAX);
	if (wanted->spares.value < 0 || wanted->spares.value >= count)
		return error_set(error, -EINVAL, "no device is left beside the spares");
	*ret = (unsigned)(count - wanted->spares.value);
	return 0;
}

/* An array's name is HOST:NAME, or NAME when it is of this host; the config may give a path. */
static const char *last_of(const char *text, char separator)
{
	const char *at = strrchr(text, separator);

	return at ? at + 1 : text;
}

static const char *canonical_level(const char *level)
{
	static const char *const same[][2] = { { "stripe", "raid0" }, { "mirror", "raid1" },
					       { "0", "raid0" },      { "1", "raid1" },
					       { "4", "raid4" },      { "5", "raid5" },
					       { "6", "raid6" },      { "10", "raid10" } };

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (strcmp(level, same[i][0]) == 0)
			return same[i][1];
	return level;
}

bool raidplan_is_array(const struct ign_raid *wanted, unsigned active,
		       const struct raid_member *members)
{
	for (size_t i = 0; i < wanted->devices.count; i++) {
		const struct raid_member *member = &members[i];

		if (member->uuid[0] == '\0' || strcmp(member->uuid, members[0].uuid) != 0 ||
		    member->devices != active ||
		    strcmp(last_of(member->name, ':'), last_of(wanted->name.at, '/')) != 0 ||
		    strcmp(member->level, canonical_level(wanted->level.at)) != 0)
			return false;
	}
	return wanted->devices.count > 0;
}

static void add_devices(const struct ign_raid *wanted, const char *const *devices,
			struct argv *argv)
{
	for (size_t i = 0; i < wanted->devices.count; i++)
		argv_add(argv, devices[i]);
}

void raidplan_create(const struct ign_raid *wanted, unsigned active, const char *const *devices,
		     struct raidplan_numbers *numbers, struct argv *ret)
{
	snprintf(numbers->active, sizeof(numbers->active), "%u", active);
	snprintf(numbers->spares, sizeof(numbers->spares), "%u",
		 (unsigned)wanted->devices.count - active);
	argv_add_option(ret, "--create", wanted->name.at);
	argv_add(ret, "--force");
	argv_add(ret, "--run");
	argv_add_option(ret, "--homehost", "any");
	argv_add_option(ret, "--level", wanted->level.at);
	argv_add_option(ret, "--raid-devices", numbers->active);
	if (active < wanted->devices.count)
		argv_add_option(ret, "--spare-devices", numbers->spares);
	for (size_t i = 0; i < wanted->options.count; i++)
		argv_add(ret, wanted->options.at[i].at);
	add_devices(wanted, devices, ret);
}

void raidplan_assemble(const struct ign_raid *wanted, const char *const *devices, struct argv *ret)
{
	argv_add_option(ret, "--assemble", wanted->name.at);
	argv_add(ret, "--run");
	add_devices(wanted, devices, ret);
}
