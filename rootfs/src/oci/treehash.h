// SPDX-License-Identifier: Apache-2.0
/* One hash over all that a folder holds: names, types, modes, owners, times, sizes, bytes, links,
 * device numbers, extended attributes. It proves that a layer is as it was when it was unpacked. */
#pragma once
#include "lib/error.h"
#include "lib/oci/digest.h"

#define TREEHASH_DEPTH_MAX 512 /* folders in folders; -ELOOP for more */

/* Follows no link and opens files and folders only. Writes nothing, but times of access. */
int treehash(int folder, char ret[OCI_DIGEST_BYTES], struct error *error);
