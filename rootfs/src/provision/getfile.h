// SPDX-License-Identifier: Apache-2.0
/* The verb `fetch`: one file, however long, from a server into a file. */
#pragma once
#include "lib/error.h"

struct getfile_options {
	const char *url, *path;
	const char *hash; /* sha256-HEX or sha512-HEX; NULL: none */
};

/* Replaces the file at path, which is there whole or not at all unless the machine stops; prints
 * how it goes. -EBADMSG: it has another hash. */
int getfile(const struct getfile_options *options, struct error *error);
