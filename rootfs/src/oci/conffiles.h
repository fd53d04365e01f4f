// SPDX-License-Identifier: Apache-2.0
/* The files of a folder of settings, in the order of their names. */
#pragma once
#include "lib/error.h"

#define CONFFILE_BYTES_MAX (1 << 20)

/* Calls for the text of each file of FOLDER that ends in .conf, until one returns what is below 0;
 * its errors get the path in front. Nothing there is fine; what is there and cannot be read is an
 * error. */
typedef int conffile_visit(void *context, const char *text, struct error *error);
int conffiles_each(const char *folder, conffile_visit *visit, void *context, struct error *error);

/* The same for one file. */
int conffile_read(const char *path, conffile_visit *visit, void *context, struct error *error);
