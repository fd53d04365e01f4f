// SPDX-License-Identifier: Apache-2.0
/*
 * Between the parts of the files stage: what a config's nodes are in a tree and in which order
 * (fileplan.c), who owns them and who the users are (users.c), nodes (nodes.c) and units (units.c).
 */
#pragma once
#include "fetch/fetch.h"
#include "lib/accounts.h"
#include "lib/nodes.h"
#include "os/tree.h"
#include <stdio.h>

#define UNITS_FOLDER "/etc/systemd/system"
#define PRESET_FILE "/etc/systemd/system-preset/20-ignition.preset"

/* What is wrong with a config on this system: a line each to report, or, where that is NULL, the
 * first one into error. */
struct problems {
	FILE *report;
	struct error *error;
	size_t count;
};

void problems_add(struct problems *problems, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What the stage works with. Starts as all zeros but for config and root, ends with
 * file_stage_close. */
struct file_stage {
	const struct ign_config *config;
	const char *root;
	struct tree tree;
	struct accounts accounts;       /* as the config wants them, once the stage is open */
	struct account_change *changes; /* one for each of the config's users */
	struct fetcher *fetcher;
	bool read_only; /* the root is: only some places are kept */
};

/* Opens the tree and works out users and groups. What is wrong with those goes to problems. */
int file_stage_open(struct file_stage *stage, struct problems *problems, struct error *error);
void file_stage_close(struct file_stage *stage);

/* A node of the config at the path where it really goes. */
struct file_step {
	enum node_kind kind;
	const struct ign_node *node;
	union {
		const struct ign_directory *directory;
		const struct ign_file *file;
		const struct ign_link *link;
	};
	char *path;     /* resolved in the tree */
	unsigned depth; /* of the path */
	size_t order;   /* directories, files, links as the config has them */
};

/* The steps in the order in which they are done: parents first, hard links last. */
struct file_plan {
	struct arena arena;
	struct file_step *steps;
	struct file_step *by_path; /* the same */
	size_t count;
};

/* Two entries that lead to one path, and paths that lead nowhere, go to problems. -ENOMEM. */
int file_plan_make(const struct file_stage *stage, struct problems *problems, struct file_plan *ret,
		   struct error *error);

/* Whether a directory of the config takes the place of what is at path, or of a folder above it. */
bool file_plan_replaces(const struct file_plan *plan, const char *path);
void file_plan_free(struct file_plan *plan);

/* Who shall own a node, if the config does not say: *ret as it is. -ENOENT: no such user or group.
 */
int node_owner(const struct file_stage *stage, const struct ign_node *node, struct tree_owner *ret,
	       struct error *error);

/* What stands at the step's path, and what is to be done. */
int file_step_look(const struct file_stage *stage, const struct file_step *step,
		   struct node_case *ret, struct stat *ret_status, struct error *error);

/* Does one step; see node_decide. A crash leaves the path as it was or as it shall be, except where
 * overwrite takes a folder away: then it may be gone, or gone in part, and is made by the next run.
 */
int file_step_apply(const struct file_stage *stage, const struct file_step *step,
		    struct error *error);

/* A file of ours with those bytes, 0644 for root; what is there is replaced. */
int file_put(const struct tree *tree, const char *path, const char *bytes, size_t size, mode_t mode,
	     const struct tree_owner *owner, struct error *error);

/* users.c. The tables of the tree's /etc as they are; files that are not there are empty. */
int users_read(const struct tree *tree, struct accounts *ret, struct error *error);

/* Homes, then the tables: group, gshadow, shadow, and passwd last, which makes a user one; then
 * keys. A crash leaves whole tables, and users without keys, which the next run gives them. */
int users_apply(const struct file_stage *stage, struct error *error);

/* units.c. What can be known to be wrong with units. */
void units_check(const struct file_stage *stage, struct problems *problems);

/* Unit files, drop-ins, masks, presets; enabling and disabling is systemctl's, of this system, with
 * --root. */
int units_apply(const struct file_stage *stage, struct error *error);
