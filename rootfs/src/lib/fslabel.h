// SPDX-License-Identifier: Apache-2.0
/* Which file system a device holds and what it is called, for the three that people put a config
 * on: ext2 to ext4 (Linux, Documentation/filesystems/ext4/super.rst), FAT (Microsoft, fatgen103)
 * and ISO 9660 (ECMA-119, section 8.4). */
#pragma once
#include <stddef.h>

/* How much of a device's start fslabel_read wants to see. */
#define FSLABEL_BYTES (34 * 1024)

struct fslabel {
	const char *type; /* as mount(2) knows it */
	char label[33];   /* blanks at the end are taken off */
};

/* Returns 0 or -ENOENT. */
int fslabel_read(const char *start, size_t size, struct fslabel *ret);
