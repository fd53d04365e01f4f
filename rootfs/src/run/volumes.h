// SPDX-License-Identifier: Apache-2.0
/*
 * Volumes: folders that outlive their containers, STORE/volumes/NAME with
 *
 *   _data         what is mounted
 *   volume.json   how it was made
 *   copied        it was filled from an image, or had something when it first could have been
 *   copying       it is being filled: _data is nothing yet
 *
 * A volume is made under a name that none can have, synced and renamed: it is whole or not there.
 * Filling it goes: "copying" is made and synced; _data emptied and filled; the file system synced;
 * "copied" made and synced; "copying" removed. A crash before the last but one step leaves
 * "copying" without "copied", and the next start begins at the emptying; after it, nothing is done
 * again.
 */
#pragma once
#include "lib/run/identity.h"
#include "lib/run/mounts.h"
#include "os/tree.h"
#include "run/places.h"

/* Makes it, unless it is there. */
int volume_make(const struct places *places, const struct run_options *options, const char *name,
		struct error *error);

/* Sets the source of a mount of a volume (and kind and type, for one that is a file system of its
 * own). A volume that is not there is made. rootfs: the image's tree, of which it gets what is at
 * its place, unless there was something in it; identity: whose it becomes when the image has
 * nothing there. anonymous: the folder of a volume that goes with its container. */
int volume_use(const struct places *places, const struct tree *rootfs,
	       const struct run_identity *identity, const char *anonymous, struct run_mount *mount,
	       struct error *error);
