// SPDX-License-Identifier: Apache-2.0
/*
 * Changes below a root folder that is not trusted: whatever links stand in it, none leads out of
 * it. Paths are absolute, as seen from the root. Every way to a node is openat2 with
 * RESOLVE_IN_ROOT, so that links are followed as they would be by who has that root.
 */
#pragma once
#include "lib/error.h"
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#define TREE_DEPTH_MAX 128 /* folders in folders, for what is removed */

struct tree {
	int fd;
};

struct tree_owner {
	uid_t uid;
	gid_t gid;
};

int tree_open(const char *root, struct tree *ret, struct error *error);
void tree_close(struct tree *tree);

/* Opens what is at path, by the flags of open(2) but O_CREAT. Returns the descriptor, or -1 with
 * errno. Slashes at the beginning mean nothing; the root is "/". */
int tree_at(const struct tree *tree, const char *path, int flags);

/* Where path is once the links on its way are followed, but not one that it ends with. What does
 * not exist stands for itself. -ELOOP: more than 40 links; -ENAMETOOLONG. */
int tree_resolve(const struct tree *tree, const char *path, char ret[PATH_MAX],
		 struct error *error);

/* As lstat. Returns 0 or a negative errno. */
int tree_stat(const struct tree *tree, const char *path, struct stat *ret);

/* Where the link at path leads. Returns 0 or a negative errno. */
int tree_read_link(const struct tree *tree, const char *path, char ret[PATH_MAX]);

/* Opens a folder. Missing ones are made with mode for owner, and synced; with mode 0 a missing one
 * is -ENOENT. A crash leaves some of the folders. */
int tree_open_folder(const struct tree *tree, const char *path, mode_t mode,
		     const struct tree_owner *owner, int *ret, struct error *error);

/* Opens a file to be read. */
int tree_open_file(const struct tree *tree, const char *path, int *ret, struct error *error);

/* Mode (-1: left alone) and owner of what is at path; of a link only the owner. */
int tree_adjust(const struct tree *tree, const char *path, int mode, const struct tree_owner *owner,
		struct error *error);

/* Whether what would be written at path lands on a file system that is mounted read-only: that of
 * its last folder that exists. Returns 0 or a negative errno. */
int tree_read_only(const struct tree *tree, const char *path, bool *ret);

/* Gives what is at a path another one, which must be free, in a folder that exists. -EXDEV: on
 * another file system. A crash leaves it at one of them. */
int tree_move(const struct tree *tree, const char *from, const char *to, struct error *error);

/* Removes what is at path with all that is below it, following no link; nothing there is fine.
 * -EBUSY: something is mounted there. A crash leaves a part. */
int tree_remove(const struct tree *tree, const char *path, struct error *error);

/* A folder at path, which must be free, with mode and owner from the beginning. */
int tree_make_folder(const struct tree *tree, const char *path, mode_t mode,
		     const struct tree_owner *owner, struct error *error);

/* What will be at a path: made beside it under another name, renamed once it is whole. A crash
 * leaves what was at the path, and perhaps the other name, which the next draft there takes over.
 */
struct tree_draft {
	int folder, fd;
	char name[NAME_MAX + 1];
};

/* Parents are made 0755 for root. fd is open for reading and writing. */
int tree_draft(const struct tree *tree, const char *path, struct tree_draft *ret,
	       struct error *error);

/* Sets owner and mode, syncs, renames, syncs the folder. A folder in its place goes first, if
 * replace says so; a crash then leaves neither. Ends the draft in any case. */
int tree_draft_commit(struct tree_draft *draft, mode_t mode, const struct tree_owner *owner,
		      bool replace, struct error *error);
void tree_draft_discard(struct tree_draft *draft);

/* The same for links, whose target is any text; a hard link's is a path in the tree. */
int tree_link(const struct tree *tree, const char *path, const char *target,
	      const struct tree_owner *owner, bool replace, struct error *error);
int tree_hard_link(const struct tree *tree, const char *path, const char *target, bool replace,
		   struct error *error);
