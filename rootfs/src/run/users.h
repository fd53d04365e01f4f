// SPDX-License-Identifier: Apache-2.0
/* User namespaces of containers and pods. */
#pragma once
#include "lib/run/users.h"
#include "run/places.h"

struct users {
	int fd; /* the namespace; -1: the machine's */
	struct users_map uids, gids;
};

/* What an owner ("container:NAME", "pod:NAME") is to have; a block of ids that nobody asked for by
 * number is its own until blocks_release. */
int users_open(const struct places *places, const char *owner, const struct run_options *options,
	       struct users *ret, struct error *error);
void users_close(struct users *users);

/* The namespace of a pod whose process runs. */
int users_of_pod(const struct places *places, const char *pod, struct users *ret,
		 struct error *error);

/* An id outside. -ERANGE: it has none. */
int users_find(const struct users_map *map, uint32_t inside, uint32_t *ret, struct error *error);

/* Gives a file to the root of the namespace. */
int users_give(const struct users *users, const char *path, struct error *error);

/* Runs call in a process that is root there and nobody outside; its error is ours. */
int users_as_root(const struct users *users, int (*call)(void *context, struct error *error),
		  void *context, struct error *error);
