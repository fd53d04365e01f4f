// SPDX-License-Identifier: Apache-2.0
/* The decoder's and the checks' common ground; callers use ignition.h. */
#pragma once
#include "lib/ignition/ignition.h"
#include "lib/ignition/schema.h"

/* Fills the config from the text by the tables: ign_config_type for all of it, or ign_version_type
 * for no more than its version. Values of a wrong type are reported, the rest is read all the same.
 * Returns 0 or -ENOMEM. */
int ign_decode(const struct json *json, enum ign_version version, const struct ign_type *type,
	       struct arena *arena, struct ign_report *report, struct ign_config *ret);

/* Every rule of the config's version. json: NULL for a config that has no text. Returns 0 or
 * -ENOMEM. */
int ign_validate(const struct json *json, enum ign_version version, const struct ign_config *config,
		 struct ign_report *report);
