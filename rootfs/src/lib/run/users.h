// SPDX-License-Identifier: Apache-2.0
/* Who a container's users are outside of it: --userns, --uidmap, --gidmap, --subuidname,
 * --subgidname (podman-run(1), as root gives them). */
#pragma once
#include "lib/run/options.h"
#include "lib/run/usermap.h"
#include <stdint.h>

/* Ranges for containers, as systemd's UIDS-GIDS document reserves them: 0x00080000 to 0x6FFFFFFF,
 * in blocks of 65536. */
#define USERS_BLOCK ((uint32_t)65536)
#define USERS_BLOCK_FIRST ((uint32_t)8)
#define USERS_BLOCKS ((uint32_t)0x7000 - USERS_BLOCK_FIRST)

struct users_choice {
	enum { USERS_HOST, USERS_MAPPED, USERS_NAMED, USERS_AUTO, USERS_JOIN } kind;
	struct users_map uids, gids; /* of USERS_MAPPED; of USERS_AUTO those that are no block's */
	const char *uids_name, *gids_name; /* of USERS_NAMED: in /etc/subuid, /etc/subgid */
	uint32_t size;                     /* of USERS_AUTO: 1 to USERS_BLOCK */
	const char *path, *container;      /* of USERS_JOIN: one of them */
	bool keeps_id;                     /* uid and gid are who runs unless --user says so */
	uint32_t uid, gid;
};

/* -EINVAL, -EOPNOTSUPP: the error says what there is. */
int users_choose(const struct run_options *options, struct users_choice *ret, struct error *error);

/* The block that a name begins to look at for a free one. */
uint32_t users_first_block(const char *name);
