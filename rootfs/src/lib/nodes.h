// SPDX-License-Identifier: Apache-2.0
/*
 * What becomes of a directory, file or link of a config where its path may be taken already (spec
 * 3.6, section storage; the reference implementation's files stage). Decisions only: nothing here
 * looks at a disk.
 */
#pragma once
#include "lib/ignition/config.h"
#include <stdbool.h>

enum node_kind { NODE_DIRECTORY, NODE_FILE, NODE_LINK, NODE_HARD_LINK };

/* What stands at the path. */
enum node_there { THERE_NOTHING, THERE_DIRECTORY, THERE_FILE, THERE_LINK, THERE_OTHER };

struct node_case {
	enum node_kind kind;
	enum node_there there;
	bool overwrite;
	bool contents; /* of a file: the config gives some, even if empty */
	bool append;   /* of a file: there is something to add */
	bool same;     /* of a link: what is there leads where this one shall */
};

enum node_action {
	NODE_CREATE,
	NODE_REPLACE, /* what is there goes, with all that is below it */
	NODE_ADJUST,  /* it stays; mode and owner become those that are given */
	NODE_APPEND,  /* the file's bytes stay, others follow */
	NODE_COMPARE, /* a file that must hold what it would be created with: an earlier run's */
	NODE_KEEP,    /* nothing to do */
	NODE_REFUSE,
};

enum node_action node_decide(const struct node_case *node_case);

/* Why a node was refused, for the end of a message. */
const char *node_refusal(const struct node_case *node_case);

/* How many components a clean absolute path has: 0 for "/". Parents are made before what is in
 * them. */
unsigned node_depth(const char *path);

/* Whether a clean absolute path is folder or lies below it. */
bool node_is_below(const char *path, const char *folder);
