// SPDX-License-Identifier: Apache-2.0
/* Removing what is in a folder. */
#pragma once
#include "lib/error.h"
#include <sys/types.h>

/* Removes everything in a folder, as far as it lies on the given device and can be removed, but the
 * entry that is named (NULL: none). Takes over folder_fd. */
void folder_remove_contents(int folder_fd, dev_t device, const char *but);

/* The same by a path, for a folder of which nothing else may be left. -ENOTEMPTY: something is.
 * Not synced; a crash leaves some of it. */
int folder_clear(const char *path, const char *but, struct error *error);
