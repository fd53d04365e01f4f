// SPDX-License-Identifier: Apache-2.0
/* What a container sees mounted: --volume, --mount, --tmpfs and the image's volumes as one list in
 * the order in which it is mounted. */
#pragma once
#include "lib/run/imageconfig.h"
#include "lib/run/options.h"
#include <stdbool.h>

enum run_mount_kind {
	RUN_MOUNT_BIND,      /* source: a path of the host */
	RUN_MOUNT_VOLUME,    /* source: a volume's name */
	RUN_MOUNT_ANONYMOUS, /* a volume that goes with the container */
	RUN_MOUNT_IMAGE,     /* source: an image's name */
	RUN_MOUNT_OTHER,     /* a file system of type */
};

struct run_mount {
	enum run_mount_kind kind;
	const char *type;        /* of RUN_MOUNT_OTHER */
	const char *source;      /* NULL: none */
	const char *destination; /* clean, absolute */
	struct words options;    /* of mount(8), for config.json */
	bool read_only;
	bool no_copy; /* a volume is not filled from the image */
	bool chown;   /* the source becomes the container's user's */
};

struct run_mounts {
	struct run_mount *at;
	size_t count;
};

/* Memory is the arena's. image may be NULL. -EINVAL, -EOPNOTSUPP with the reason. */
int run_mounts(const struct run_options *options, const struct run_image *image,
	       struct arena *arena, struct run_mounts *ret, struct error *error);

/* The one with that destination, or NULL. */
const struct run_mount *run_mounts_find(const struct run_mounts *mounts, const char *destination);

/* Adds one where it belongs, unless its place is taken. */
void run_mounts_add(struct run_mounts *mounts, const struct run_mount *mount, struct arena *arena);

/* Fields of a secret: "NAME[,type=mount|env][,target=…][,uid=…][,gid=…][,mode=…]". */
struct run_secret {
	const char *name, *target;
	bool env;
	uint32_t uid, gid, mode;
};
int run_secret_parse(const char *text, struct arena *arena, struct run_secret *ret,
		     struct error *error);
