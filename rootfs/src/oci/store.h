// SPDX-License-Identifier: Apache-2.0
/*
 * The store on disk, a folder for root alone (0700):
 *
 *   lock                             flock: exclusive by gc, shared by all others
 *   layers/sha256/DIFF-ID/diff/      a layer as overlayfs wants it, below lowerdir=
 *   layers/sha256/DIFF-ID/layer.json what it is: diff_id, digest and size as fetched, tree's hash
 *   blobs/sha256/DIGEST              manifests, indexes and configurations, byte for byte
 *   images/HASH-OF-NAME.json         a name and what it stands for
 *   holds/HASH-OF-HOLDER.json        layers that a container has mounted (hold.h)
 *   tmp/                             what is not finished; nothing there counts
 *
 * Everything is made below tmp/, synced and renamed; the folder it was renamed into is synced. The
 * order is layers, blobs, the image's name. So a crash at any point leaves what was there before,
 * perhaps layers and blobs that no name asks for (gc removes them), and pieces below tmp/: a blob
 * that is half there is gone on with, a layer that is half there is made anew.
 */
#pragma once
#include "lib/error.h"
#include "lib/oci/digest.h"
#include "oci/treehash.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_PATH "/var/lib/containers/keelson"
#define STORE_NAME_BYTES 96

struct store {
	int lock, layers, blobs, images, holds, tmp;
};

/* Makes what is missing. exclusive: waits until nobody else has it open; else until nobody has it
 * exclusively. */
int store_open(const char *path, bool exclusive, struct store *ret, struct error *error);
void store_close(struct store *store);

struct store_layer {
	char diff_id[OCI_DIGEST_BYTES], digest[OCI_DIGEST_BYTES];
	uint64_t size_bytes; /* as fetched */
	char tree[TREEHASH_BYTES];
};

bool store_has_layer(const struct store *store, const char *diff_id);

/* Waits until nobody else makes this layer; *ret_lock is to be closed when it is made. */
int store_lock_layer(const struct store *store, const char *diff_id, int *ret_lock,
		     struct error *error);

/* A folder below tmp/ for a layer's files, empty; what an earlier try has left there goes. */
int store_begin_layer(const struct store *store, const char *diff_id, int *ret_folder,
		      struct error *error);

/* Writes layer.json, syncs the file system, puts the layer in its place. */
int store_commit_layer(const struct store *store, const struct store_layer *layer,
		       struct error *error);
void store_discard_layer(const struct store *store, const char *diff_id);

/* Returns the layer's folder, and what layer.json says. */
int store_open_layer(const struct store *store, const char *diff_id, int *ret_folder,
		     struct store_layer *ret, struct error *error);

/* Under its digest, which the caller has checked. */
int store_put_blob(const struct store *store, const char *digest, const char *bytes, size_t size,
		   struct error *error);

/* The caller frees it; a terminator stands behind it. -ENOENT; -EBADMSG: its bytes are others. */
int store_get_blob(const struct store *store, const char *digest, char **ret, size_t *ret_size,
		   struct error *error);

/* A whole small file into a folder, by way of tmp/. */
int store_put_file(const struct store *store, int folder, const char *name, const char *bytes,
		   size_t size, struct error *error);

/* The same for what means nothing once the machine has restarted, and waits for no disk: a power
 * cut leaves an empty file, or none. */
int store_put_fleeting(const struct store *store, int folder, const char *name, const char *bytes,
		       size_t size, struct error *error);

/* The file of a record: names have slashes and colons, so it goes by the hash. */
void store_record_name(const char *name, char ret[STORE_NAME_BYTES]);

/* Reads a whole small file of a folder. The caller frees it. */
int store_read_file(int folder, const char *name, size_t max_bytes, char **ret, size_t *ret_size,
		    struct error *error);

/* Calls for each name in a folder but "." and "..", in no order, until one returns what is not 0.
 */
typedef int store_visit(void *context, const char *name, struct error *error);
int store_each(int folder, store_visit *visit, void *context, struct error *error);

/* The digest of some bytes. */
void store_digest(const char *bytes, size_t size, char ret[OCI_DIGEST_BYTES]);
