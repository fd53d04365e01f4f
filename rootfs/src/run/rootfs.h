// SPDX-License-Identifier: Apache-2.0
/* The file system of a container: an image's layers, and above them a folder for what it writes. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
#include <stddef.h>

/* The machine's mounts, and what of them is our "/". */
struct outside {
	int mounts, root;
};

/* From here on we have mounts of our own: what is mounted below state is seen by us and by those
 * that we start, and is gone with the last of them. Other mounts come and go as before. ret_outside
 * is the way back. */
int rootfs_unshare(const char *state, struct outside *ret_outside, struct error *error);

/* Back to where mounts are the machine's, if we have left. */
int rootfs_return(struct outside *outside, struct error *error);

/* Whose the files of layers are seen as: those of the user namespace users. Mounts that make it so
 * are below folder, in the mounts that are ours alone. NULL, or users -1: as they are. */
struct mapping {
	int users;
	const char *folder;
};

/* Mounts layers (folders, the lowest first) at target. kept: the folder with upper and work, which
 * take what is written, with the ids of who writes it, or NULL for a tree that is read-only. No
 * device files count in it. */
int rootfs_mount(const char *const *layers, size_t count, const char *kept,
		 const struct mapping *mapping, const char *target, struct error *error);

/* Shows a folder or file at target, which is made. */
int rootfs_bind(const char *source, const char *target, bool read_only,
		const struct mapping *mapping, struct error *error);
