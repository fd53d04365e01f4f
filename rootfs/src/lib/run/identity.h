// SPDX-License-Identifier: Apache-2.0
/* Who a container's process is, by the image's own files of users and groups. */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/words.h"
#include <stddef.h>
#include <stdint.h>

#define RUN_GROUPS_MAX 1000

struct run_identity {
	uint32_t uid, gid;
	uint32_t *groups; /* besides gid; the arena's */
	size_t group_count;
	const char *home; /* the arena's */
};

/* A file's bytes; NULL with 0 for one that is not there. */
struct run_file {
	const char *text;
	size_t size;
};

/* user: "", "NAME", "NUMBER", either with ":GROUP" behind. The rules are podman's: a name has to be
 * in passwd, a number need not; the groups that the user is a member of count unless GROUP is
 * given; more adds to them in any case. -ENOENT: there is no such user or group; -EBADMSG: the
 * files are none. */
int run_identity(const char *user, const struct words *more, const struct run_file *passwd,
		 const struct run_file *group, struct arena *arena, struct run_identity *ret,
		 struct error *error);
