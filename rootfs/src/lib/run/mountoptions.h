// SPDX-License-Identifier: Apache-2.0
/* Options of mounts: what they are to keelson-run, and what to config.json. Within lib/run only. */
#pragma once
#include "lib/run/mounts.h"

/* One of those behind the second colon of --volume=, or of --tmpfs. */
int mount_option(struct run_mount *mount, const char *option, struct arena *arena,
		 struct error *error);

/* A field of --mount=, but for type, source, destination and subpath. value: NULL without =. */
int mount_field(struct run_mount *mount, const char *name, const char *value, struct arena *arena,
		struct error *error);

/* Adds what a mount of its kind has unless the options say otherwise. */
void mount_defaults(struct run_mount *mount, struct arena *arena);
