// SPDX-License-Identifier: Apache-2.0
/* Decisions about an Ignition config's arrays (spec 3.x, storage.raid), and mdadm's arguments. */
#pragma once
#include "lib/argv.h"
#include "lib/error.h"
#include "lib/ignition/config.h"
#include "lib/signature.h"
#include <stdbool.h>

#define RAIDPLAN_DEVICES_MAX 128

/* How many of the array's devices are not spares; -EINVAL for none. */
int raidplan_active(const struct ign_raid *wanted, unsigned *ret, struct error *error);

/* Are these, one a device, the members of the array that is wanted, all of one? */
bool raidplan_is_array(const struct ign_raid *wanted, unsigned active,
		       const struct raid_member *members);

/* Arguments behind argv[0]. numbers holds some of them. devices: one a device of the config. */
struct raidplan_numbers {
	char active[16], spares[16];
};
void raidplan_create(const struct ign_raid *wanted, unsigned active, const char *const *devices,
		     struct raidplan_numbers *numbers, struct argv *ret);
void raidplan_assemble(const struct ign_raid *wanted, const char *const *devices, struct argv *ret);
