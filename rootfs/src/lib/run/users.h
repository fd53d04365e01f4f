// SPDX-License-Identifier: Apache-2.0
/* Who a container's users are outside of it: --userns, --uidmap, --gidmap (podman-run(1), as root
 * gives them), and maps as user_namespaces(7) has them. */
#pragma once
#include "lib/run/options.h"
#include <stdint.h>

/* Ranges for containers, as systemd's UIDS-GIDS document reserves them: 0x00080000 to 0x6FFFFFFF,
 * in blocks of 65536. */
#define USERS_BLOCK ((uint32_t)65536)
#define USERS_BLOCK_FIRST ((uint32_t)8)
#define USERS_BLOCKS ((uint32_t)0x7000 - USERS_BLOCK_FIRST)
#define USERS_RANGES_MAX 32
#define USERS_NOBODY UINT32_MAX
#define USERS_FILE_BYTES_MAX ((size_t)65536) /* of a map, as the kernel writes it */
#define USERS_TEXT_BYTES ((size_t)36 * USERS_RANGES_MAX)

struct users_map {
	struct {
		uint32_t inside, outside, count;
	} at[USERS_RANGES_MAX];
	size_t count;
};

struct users_choice {
	enum { USERS_HOST, USERS_MAPPED, USERS_AUTO, USERS_JOIN } kind;
	struct users_map uids, gids;  /* of USERS_MAPPED */
	uint32_t size;                /* of USERS_AUTO: 1 to USERS_BLOCK */
	const char *path, *container; /* of USERS_JOIN: one of them */
	bool keeps_id;                /* uid and gid are who runs unless --user says so */
	uint32_t uid, gid;
};

/* -EINVAL, -EOPNOTSUPP: the error says what there is. */
int users_choose(const struct run_options *options, struct users_choice *ret, struct error *error);

/* The block that a name begins to look at for a free one. */
uint32_t users_first_block(const char *name);

/* Lines "INSIDE OUTSIDE COUNT", which /proc/PID/uid_map takes and shows. */
int users_map_parse(const char *text, struct users_map *ret, struct error *error);
void users_map_text(const struct users_map *map, char ret[USERS_TEXT_BYTES]);

/* The id outside; USERS_NOBODY: it has none. Without a range everybody is himself. */
uint32_t users_outside(const struct users_map *map, uint32_t inside);

/* Everybody is himself outside. */
bool users_is_identity(const struct users_map *map);
