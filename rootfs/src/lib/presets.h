// SPDX-License-Identifier: Apache-2.0
/*
 * The preset file that a config's systemd section becomes (systemd.preset(5)): a line for each unit
 * that is enabled or disabled, the instances of a template on one line, sorted as the reference
 * implementation does it. Nothing here looks outside.
 */
#pragma once
#include "lib/ignition/config.h"
#include <stdbool.h>

/* The text, of new memory that the caller frees; empty if no unit says whether it is enabled.
 * -ENOMEM. */
int presets_format(const struct ign_systemd *systemd, char **ret);

/* The template that a unit is an instance of: "NAME@.service" for "NAME@INSTANCE.service". Returns
 * false if it is none, or does not fit; ret has room for 256 bytes. */
bool unit_template(const struct ign_text *name, char ret[256]);

/* NULL, or why a unit, or a drop-in of one, of that name would not be the file that it says. */
const char *unit_name_problem(const struct ign_text *name, bool dropin);
