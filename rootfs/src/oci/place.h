// SPDX-License-Identifier: Apache-2.0
/* Where an archive's entries go: nodes made below a folder that nobody else writes to. */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "os/tree.h"
#include <limits.h>
#include <stdbool.h>

/* Starts with the tree and layer, else zeros, parent -1. */
struct place {
	struct tree tree;
	bool layer;
	int parent; /* kept open: entries of one folder follow each other */
	char parent_path[PATH_MAX];
	struct arena arena;
	struct place_folder *folders; /* whose times are set last */
	size_t folders_bytes;
};

struct place_node {
	mode_t mode; /* type and permissions */
	uid_t uid;
	gid_t gid;
	dev_t device;
	struct timespec modified;
};

/* The folder of a path, made if need be; *ret_name is the last component, within path. The
 * descriptor is the place's own. */
int place_parent(struct place *place, char *path, const char **ret_name, struct error *error);

/* A regular file, empty, open to be written; what was there goes. */
int place_file(struct place *place, char *path, int *ret, struct error *error);
int place_link(struct place *place, char *path, const char *target, const struct place_node *node,
	       struct error *error);
int place_hard_link(struct place *place, char *path, char *target, struct error *error);
int place_device(struct place *place, char *path, const struct place_node *node,
		 struct error *error);

/* A folder that is there stays, with mode and owner of this one. *ret is open, the caller's. path
 * may be empty: the root. */
int place_folder(struct place *place, char *path, const struct place_node *node, int *ret,
		 struct error *error);

/* Hides what lower layers have there, unless this layer has something itself. */
int place_whiteout(struct place *place, char *path, struct error *error);
int place_opaque(struct place *place, char *path, struct error *error);

/* Owner, mode, time of what is open. */
int place_finish(const struct place *place, int fd, const struct place_node *node,
		 struct error *error);

/* The folders' times; nothing may be placed afterwards. */
int place_end(struct place *place, struct error *error);
void place_free(struct place *place);
