// SPDX-License-Identifier: Apache-2.0
/*
 * The config of the installed system's first boot, as a file system of its own: label `ignition`,
 * with `config.ign` in it, which is where keelson-provision looks. It is made as a file in memory
 * and goes to the disk as bytes, before there is a partition that anybody could mount.
 */
#pragma once
#include "lib/error.h"
#include <stddef.h>

struct fetcher;

struct firstconfig {
	char *bytes; /* of the file system; NULL: there is no config */
	size_t size; /* whole MiB */
};

/* From a URL or a path. By all rules of its version (lib/ignition); what is wrong with it goes to
 * standard error. -EBADMSG: it is not valid. What it names is not fetched. Writes to no disk. */
int firstconfig_make(const char *place, struct fetcher *fetcher, struct firstconfig *ret,
		     struct error *error);
void firstconfig_free(struct firstconfig *config);
