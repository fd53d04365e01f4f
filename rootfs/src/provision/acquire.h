// SPDX-License-Identifier: Apache-2.0
/* The config that this machine is to have: where it is found, and all that it merges. */
#pragma once
#include "fetch/fetch.h"
#include "lib/ignition/ignition.h"
#include <stdbool.h>
#include <stdio.h>

/* What a config may name, all in all; beyond is -E2BIG or, for the depth, -ELOOP. */
#define ACQUIRE_CONFIGS_MAX 1000
#define ACQUIRE_DEPTH_MAX 10
#define ACQUIRE_BYTES_MAX (64 << 20)

/* What was found. Starts as all zeros, ends with acquired_free. */
struct acquired {
	struct ign_parsed *configs; /* each that was read and each merge of two, in the order in
				       which they came to be; the last is the result */
	size_t count;
	bool found;       /* false: no source has one */
	char source[512]; /* of the first: "fw_cfg opt/com.coreos/config", "file x.ign", an URL
			     without its query */
};

/* Where a platform is looked at. Tests have their own trees and servers. */
struct platform_environment {
	const char *sys, *proc, *dev; /* "/sys", "/proc", "/dev" */
	const char *run;              /* a folder in it is a mount point for a moment */
	const char *metadata;         /* base of the metadata service's URL; NULL: the platform's */
	unsigned device_wait_ms;      /* how long a named file system may take to appear */
};

/* This machine's own. */
struct platform_environment platform_environment(void);

/* From a file. report gets every entry of every config, a line each, with where it came from.
 * -EBADMSG: a config is not valid (the report says why). When it returns 0, the fetcher has the
 * config's settings. */
int acquire_file(const char *path, struct fetcher *fetcher, FILE *report, struct acquired *ret,
		 struct error *error);

/* From this machine's platform: fw_cfg, SMBIOS, kernel command line, a partition, a cloud's
 * metadata service; in that order, the first that has one. report also tells of a source that has
 * something else than a config. Mounts file systems for a moment, read-only. */
int acquire_platform(const struct platform_environment *environment, struct fetcher *fetcher,
		     FILE *report, struct acquired *ret, struct error *error);

/* The merged config; NULL when none was found. */
const struct ign_config *acquired_config(const struct acquired *acquired);

void acquired_free(struct acquired *acquired);
