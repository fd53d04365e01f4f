// SPDX-License-Identifier: Apache-2.0
/*
 * One hash over all that a folder holds: names, types, modes, owners, times, sizes, bytes, links,
 * device numbers, extended attributes. It tells whether a layer is as it was when it was unpacked;
 * it is a checksum (checksum.h), as who can write to the layer can write to its record too.
 */
#pragma once
#include "lib/error.h"
#include "lib/oci/filesums.h"

#define TREEHASH_BYTES 40      /* "gmac2:", 32 hex digits, the terminator */
#define TREEHASH_DEPTH_MAX 512 /* folders in folders; -ELOOP for more */

/* Follows no link and opens files and folders only. Writes nothing, but times of access. known: of
 * files that need not be read; or NULL. */
int treehash(int folder, const struct filesums *known, char ret[TREEHASH_BYTES],
	     struct error *error);
