// SPDX-License-Identifier: Apache-2.0
/* Values of an os-release(5) file. */
#pragma once
#include <stddef.h>

/* Finds KEY=value; quotes around the value are taken off, escapes are not known. Returns 0,
 * -ENOENT, -ENAMETOOLONG. */
int osrelease_value(const char *text, const char *key, char *ret, size_t room);

/* The image's version: IMAGE_VERSION, or VERSION_ID where there is none. */
int osrelease_version(const char *text, char *ret, size_t room);
