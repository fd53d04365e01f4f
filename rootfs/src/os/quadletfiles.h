// SPDX-License-Identifier: Apache-2.0
/* Quadlet files and their drop-ins as they lie in folders. */
#pragma once
#include "lib/error.h"
#include "lib/quadlet/quadlet.h"

/* Adds the files in each of the folders and all below it, links to folders followed, each folder
 * once; then the drop-ins of each file. Of two files with the same name the first one counts.
 * left_out: a folder that is passed over with all below it, or NULL. What cannot be read becomes a
 * problem; a folder of the list that is not there does so only if needed. */
void quadlet_read(struct quadlet *quadlet, const struct words *folders, const char *left_out,
		  bool needed);

/* Writes a service and its links below a folder. Links that are there already are replaced. */
int quadlet_write(struct quadlet *quadlet, const struct quadlet_file *file, const char *folder,
		  struct error *error);
