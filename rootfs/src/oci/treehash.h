// SPDX-License-Identifier: Apache-2.0
/*
 * One hash over all that a folder holds: names, types, modes, owners, times, sizes, bytes, links,
 * device numbers, extended attributes. It tells whether a layer is as it was when it was unpacked;
 * it is a checksum (GMAC with a key that everyone knows), as who can write to the layer can write
 * to its record too, and is several times as fast as a digest.
 */
#pragma once
#include "lib/error.h"

#define TREEHASH_BYTES 40      /* "gmac:", 32 hex digits, the terminator */
#define TREEHASH_DEPTH_MAX 512 /* folders in folders; -ELOOP for more */

/* Follows no link and opens files and folders only. Writes nothing, but times of access. */
int treehash(int folder, char ret[TREEHASH_BYTES], struct error *error);
