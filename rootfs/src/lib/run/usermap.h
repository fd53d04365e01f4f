// SPDX-License-Identifier: Apache-2.0
/* Which id of the machine stands for which of a container: maps as user_namespaces(7) has them. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USERS_RANGES_MAX 32
#define USERS_NOBODY UINT32_MAX
#define USERS_FILE_BYTES_MAX ((size_t)65536) /* of a map as the kernel writes it, of subuid(5) */
#define USERS_TEXT_BYTES ((size_t)36 * USERS_RANGES_MAX)

struct users_map {
	struct {
		uint32_t inside, outside, count;
	} at[USERS_RANGES_MAX];
	size_t count;
};

/* -EINVAL: it is no range, or has ids of another one; -E2BIG. */
int users_map_add(struct users_map *map, uint32_t inside, uint32_t outside, uint32_t count,
		  struct error *error);

/* Gives the ids below count that have no range yet those from first on: id first + i to i. */
int users_map_fill(struct users_map *map, uint32_t first, uint32_t count, struct error *error);

/* "INSIDE:OUTSIDE[:COUNT]", as podman's options have it. */
int users_map_add_text(struct users_map *map, const char *text, struct error *error);

/* Lines "INSIDE OUTSIDE COUNT", which /proc/PID/uid_map takes and shows. */
int users_map_parse(const char *text, struct users_map *ret, struct error *error);
void users_map_text(const struct users_map *map, char ret[USERS_TEXT_BYTES]);

/* The ranges of a name in the text of /etc/subuid or /etc/subgid (subuid(5)), the lowest first, one
 * behind the other from 0 on. -ENOENT: there is no line of that name. */
int users_map_of_name(const char *text, const char *name, struct users_map *ret,
		      struct error *error);

/* The id outside; USERS_NOBODY: it has none. Without a range everybody is himself. */
uint32_t users_outside(const struct users_map *map, uint32_t inside);

/* Everybody is himself outside. */
bool users_is_identity(const struct users_map *map);
