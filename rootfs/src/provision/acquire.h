// SPDX-License-Identifier: Apache-2.0
/* The config that this machine is to have: where it is found, and all that it merges. */
#pragma once
#include "lib/ignition/ignition.h"
#include "provision/fetch.h"
#include <stdbool.h>
#include <stdio.h>

/* What was found. Starts as all zeros, ends with acquired_free. */
struct acquired {
	struct ign_parsed *configs; /* each that was read, in this order; the last is the merged one */
	size_t count;
	bool found;	 /* false: no source has one */
	char source[512]; /* of the first: "fw_cfg opt/com.coreos/config", "file x.ign", an URL without its query */
};

/* From a file. report gets every entry of every config, a line each, with where it came from.
 * -EBADMSG: a config is not valid (the report says why). */
int acquire_file(const char *path, struct fetcher *fetcher, FILE *report, struct acquired *ret,
		 struct error *error);

/* From this machine's platform: fw_cfg, SMBIOS, kernel command line, a partition, a cloud's metadata
 * service; in that order, the first that has one. */
int acquire_platform(struct fetcher *fetcher, FILE *report, struct acquired *ret,
		     struct error *error);

/* The merged config; NULL when none was found. */
const struct ign_config *acquired_config(const struct acquired *acquired);

void acquired_free(struct acquired *acquired);
