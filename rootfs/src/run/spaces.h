// SPDX-License-Identifier: Apache-2.0
/* Namespaces by files: a network namespace of a container's own, and those of others. */
#pragma once
#include "lib/run/plan.h"
#include "run/places.h"

/* Makes a network namespace and shows it at path, a file that is made; we stay where we are. A
 * crash leaves the file, and perhaps the namespace, until spaces_release. */
int spaces_make_network(const char *path, struct error *error);
void spaces_release(const char *path);

/* Fills in the paths of namespaces that are another container's, or the pod's. What is opened for
 * that is open until we end. */
int spaces_resolve(const struct places *places, const struct run_options *options,
		   struct run_plan *plan, struct error *error);
