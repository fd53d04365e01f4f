// SPDX-License-Identifier: Apache-2.0
/* Which unit a container is of, told by its process's cgroup, and which container a unit is for,
 * told by its command line. */
#pragma once
#include "lib/words.h"
#include <stdbool.h>

/* The unit of PID 1's that /proc/PID/cgroup tells of, or NULL: none, or not of cgroup v2. */
const char *origin_unit(const char *text, struct arena *arena);

/* A unit's name, as against a container's: its suffix is one of systemd's. */
bool origin_is_unit(const char *name);

/* Reads the words of a unit's ExecStart. True if it starts a container; texts are those of argv. */
bool origin_container(const struct words *argv, struct arena *arena, const char **ret_name,
		      const char **ret_image);
