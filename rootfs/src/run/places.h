// SPDX-License-Identifier: Apache-2.0
/*
 * Where keelson-run keeps what, below a root that is "" on a machine:
 *
 *   ROOT/var/lib/containers/keelson/         also keelson-oci's store
 *       containers/NAME/   layers (digests of those in use), upper, work, volumes/N (unnamed ones)
 *       volumes/NAME/      volume.json, _data, and "copying" or "copied": see volumes.c
 *   ROOT/run/keelson/                        gone with the next boot, as the processes are
 *       containers/NAME/   config.json, state.json, health.json, hosts, resolv.conf, hostname,
 *                          rootfs (seen mounted by the container only), secrets, notify/, netns
 *       pods/NAME/         state.json, hosts, resolv.conf, shm, members/CONTAINER
 *       locks/             one for each name: who starts or removes it
 *       crun/              the runtime's own
 */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "os/file.h"
#include <stdbool.h>

struct places {
	const char *root, *store, *state;
	const char *crun, *oci; /* paths of the programs */
	const char *init;       /* of --init */
	struct arena *arena;
};

/* Paths; "" if there is no memory, which the arena remembers. */
const char *place_of(const struct places *places, const char *kind, const char *name,
		     const char *file); /* ROOT/run/keelson/KIND/NAME[/FILE] */
const char *place_kept(const struct places *places, const char *kind, const char *name,
		       const char *file); /* the same in the store */

/* Makes a folder with all above it, for root alone unless open. */
int place_make(const char *path, bool open, struct error *error);

/* Waits until nobody else starts or removes it. kind: "container", "pod", "volume". */
int place_lock(const struct places *places, const char *kind, const char *name, int *ret,
	       struct error *error);

/* Removes a folder with all that is below it, whatever that is: depth has no limit, links are not
 * followed. Nothing there is fine; -EBUSY: something is mounted there. A crash leaves a part. */
int place_remove(const char *path, struct error *error);

/* A file's whole text, by way of the arena. -ENOENT: error is set too. */
int place_read(const struct places *places, const char *path, size_t max_bytes, const char **ret,
	       size_t *ret_size, struct error *error);
