// SPDX-License-Identifier: Apache-2.0
/* Units of containers, asked of PID 1. Reads only. */
#pragma once
#include "lib/overview/containers.h"
#include "os/manager.h"

/* Fills in what PID 1 says of row->unit: states, memory, CPU time. */
int units_describe(struct sd_bus *manager, struct overview_container *row, struct arena *arena,
		   struct error *error);

/* A service that starts a container, running or not. */
typedef int units_visit(void *context, const char *unit, const char *name, const char *image,
			struct error *error);

/* Calls for each of those that are loaded. Texts are the arena's. */
int units_each_container(struct sd_bus *manager, struct arena *arena, units_visit *visit,
			 void *context, struct error *error);
