// SPDX-License-Identifier: Apache-2.0
/*
 * Disks to choose from, and the choice of one by what somebody says about it. Must never choose
 * between several: who says too little is told what there is.
 */
#pragma once
#include "lib/devlink.h"
#include "lib/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISKLIST_MAX 256
#define DISKLIST_LINE_BYTES 1024

struct disk {
	struct devlink_disk id;
	char path[256]; /* in sysfs, from the bus on: where it is plugged in */
	uint64_t size_bytes;
	uint32_t sector_bytes;
	char in_use[160]; /* why it cannot be had; empty: it can */
	bool holds;       /* its first or last MiB has other bytes than zeros */
};

struct disklist {
	size_t count;
	struct disk disks[DISKLIST_MAX];
};

enum disk_key { DISK_UNSAID, DISK_PATH, DISK_SERIAL, DISK_REGEX };

struct disk_wanted {
	enum disk_key key;
	const char *value; /* within what was parsed */
};

/* "/dev/PATH", "serial=TEXT" or "match=REGEX". -EINVAL: none of these. */
int disk_wanted_parse(const char *text, struct disk_wanted *ret, struct error *error);

/* "NAME MODEL SERIAL WWN PATH", what a REGEX is compared with; "-" for what is not known, blanks in
 * a value as "_". */
void disk_line(const struct disk *disk, char ret[DISKLIST_LINE_BYTES]);

/* The one disk with that serial number, or whose line has a match of that extended regular
 * expression. -ENOENT: none; -ENOTUNIQ: several, and the error names them; -EINVAL: not an
 * expression. */
int disklist_choose(const struct disklist *list, const struct disk_wanted *wanted,
		    const struct disk **ret, struct error *error);
