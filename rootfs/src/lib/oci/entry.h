// SPDX-License-Identifier: Apache-2.0
/* Names of a layer's entries (OCI image spec 1.1, layer.md): where they belong, and whether they
 * are there to hide something. */
#pragma once
#include <limits.h>

enum oci_entry {
	OCI_ENTRY_NODE,     /* a file, folder, link … */
	OCI_ENTRY_ROOT,     /* the layer's own root folder */
	OCI_ENTRY_WHITEOUT, /* hides what lower layers have at the path */
	OCI_ENTRY_OPAQUE,   /* hides all that lower layers have in the folder at the path */
	OCI_ENTRY_LEFT_OUT, /* .wh..wh.*: another file system's own */
};

/* Writes the path, relative to the root, without "." and double slashes; a slash at the beginning
 * goes. Of a whiteout it is the path that it hides; of the root it is empty. Returns the kind;
 * -EINVAL for ".." or a name that hides nothing, -ENAMETOOLONG. */
int oci_entry_parse(const char *name, char ret[PATH_MAX]);

/* Splits a path in place: returns its last component; *ret_folder is the rest, "" for none. */
char *oci_entry_split(char *path, const char **ret_folder);
