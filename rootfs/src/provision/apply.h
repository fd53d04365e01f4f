// SPDX-License-Identifier: Apache-2.0
/* A config that was acquired becomes true on this machine, or below a folder. */
#pragma once
#include "fetch/fetch.h"
#include "lib/error.h"
#include "lib/ignition/config.h"
#include <stdbool.h>
#include <stdio.h>

struct apply_options {
	const char *root; /* folder of the tree; "/" for the running one */
	bool dry_run;     /* print the plan to report and write nothing */
};

/* All stages in their order. Problems that can be known before are written to report, and nothing
 * else is done then (-EBADMSG). Can be run again after it was cut. */
int apply(const struct ign_config *config, const struct apply_options *options,
	  struct fetcher *fetcher, FILE *report, struct error *error);
