// SPDX-License-Identifier: Apache-2.0
/* One stage of a first boot, as keelson-init calls them one by one; see stages.h for what each
 * does. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>

bool stage_exists(const char *name);

/* fetch: the platform's config, checked, to /run/keelson/provision/config.json (0600: it may hold
 * secrets), and what was found to result.json beside it. disks, mount, files, umount: from there;
 * nothing when there is none. finish: the result to /etc/.ignition-result.json,
 * /run/keelson/provision.json and the state partition. What is wrong goes to the kernel's log, line
 * by line, and to /run/keelson/provision/report. The name must be a stage's. */
int stage_run(const char *name, struct error *error);
