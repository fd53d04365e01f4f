// SPDX-License-Identifier: Apache-2.0
/* What was asked for, by arguments or by the kernel's command line. */
#pragma once
#include "lib/cmdline.h"
#include "lib/disklist.h"
#include "lib/error.h"
#include <stdbool.h>

struct options {
	struct disk_wanted disk;
	const char *image, *ignition, *certificate; /* NULL: not given */
	const char *cmdline; /* path of the kernel's command line; a test has one of its own */
	bool wipe, yes, list, json, unattended;
	/* what the kernel's command line said */
	char kernel_disk[CMDLINE_URL_BYTES], kernel_image[CMDLINE_URL_BYTES],
		kernel_ignition[CMDLINE_URL_BYTES];
};

/* -EINVAL: the usage was not followed. */
int options_parse(char *argv[], struct options *ret, struct error *error);

/* Adds what the kernel was told: the image, if no argument named one; unattended, all of it. */
int options_add_kernel(struct options *options, struct error *error);
