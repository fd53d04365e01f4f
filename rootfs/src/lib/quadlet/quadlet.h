// SPDX-License-Identifier: Apache-2.0
/*
 * Quadlet files (.container, .pod, .volume, .network, .image; podman-systemd.unit(5)) made into
 * systemd services that call keelson-run. Files are added in the order of the search path with
 * their drop-ins, then all are converted at once: they refer to each other. What a key does is a
 * row in table.c; a key that has none is an error, and so is each that is refused, with the reason.
 */
#pragma once
#include "lib/quadlet/unit.h"
#include "lib/words.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUADLET_FILES_MAX 2000
#define QUADLET_PROBLEMS_MAX 1000 /* that are kept; all are counted */

/* In the order in which they are converted. */
enum quadlet_kind {
	QUADLET_IMAGE,
	QUADLET_VOLUME,
	QUADLET_NETWORK,
	QUADLET_CONTAINER,
	QUADLET_POD,
	QUADLET_KINDS, /* from here on: those that are refused */
	QUADLET_BUILD = QUADLET_KINDS,
	QUADLET_KUBE,
	QUADLET_ARTIFACT,
	QUADLET_ALL_KINDS,
};

/* What a problem is about; quadlet_class_name() has the words. */
enum quadlet_class {
	QUADLET_SYNTAX,
	QUADLET_UNKNOWN_KEY,
	QUADLET_REFUSED,
	QUADLET_MISSING_KEY,
	QUADLET_UNRESOLVED,
	QUADLET_BAD_REFERENCE,
	QUADLET_CONFLICT,
	QUADLET_LISTS,
	QUADLET_BAD_VALUE,
	QUADLET_BAD_ESCAPE,
	QUADLET_SHORT_NAME,
	QUADLET_SERVICE_KEY,
	QUADLET_NO_EFFECT,
	QUADLET_CLASSES,
};

struct quadlet_problem {
	enum quadlet_class class;
	bool warning;
	const char *path; /* NULL: of no file */
	uint32_t number;  /* of the line; 0: of the whole file */
	const char *key;  /* or NULL */
	const char *text;
	size_t order; /* in which they were found: set when it is added */
};

/* A link in the folder of units: what systemctl enable would make. */
struct quadlet_link {
	const char *name; /* "multi-user.target.wants/a.service" */
	const char *target;
};

/* Another unit that goes with a service. */
struct quadlet_extra {
	const char *name;
	struct unit unit;
};
#define QUADLET_EXTRAS_MAX 2

struct quadlet_file {
	struct quadlet_file *next;
	const char *name, *path;
	enum quadlet_kind kind;
	bool off;    /* an empty file: there is nothing of this name */
	bool failed; /* has an error, so that there is no unit */
	struct unit unit;

	/* By quadlet_convert(). */
	const char *service;  /* "a.service" */
	const char *resource; /* the name of what is made; NULL: known to systemd only */
	struct words members; /* of a pod: services that start with it */
	struct unit generated;
	struct quadlet_link *links;
	size_t link_count;
	struct quadlet_extra extras[QUADLET_EXTRAS_MAX]; /* a container's timer and its check */
	size_t extra_count;
};

/* Starts as all zeros. */
struct quadlet {
	struct arena arena;
	struct quadlet_file *files, **end;
	size_t count;
	struct quadlet_problem *problems;
	size_t problem_count, errors, warnings; /* problem_count: those kept */
};

/* By the end of a name. */
bool quadlet_kind_of(const char *name, enum quadlet_kind *ret);
const char *quadlet_class_name(enum quadlet_class class);

/* Adds a file by its path, unless one of its name is there already. What is wrong with it becomes a
 * problem. An empty file switches its name off. Returns it, NULL for one that is not to be used. */
struct quadlet_file *quadlet_add(struct quadlet *quadlet, const char *path, const char *text,
				 size_t size);

/* Adds what stands in a drop-in. */
void quadlet_add_dropin(struct quadlet *quadlet, struct quadlet_file *file, const char *path,
			const char *text, size_t size);

/* The folders of a unit's drop-ins, the most specific first. A drop-in hides those of its name in
 * the folders behind; all are added in the order of their names. */
void quadlet_dropin_folders(const char *name, struct arena *arena, struct words *ret);

/* Fills every file, and sorts the problems. Returns 0, also if there are errors; -ENOMEM. */
int quadlet_convert(struct quadlet *quadlet);

/* What a service's file holds; or that of one of its extras. */
const char *quadlet_format(struct quadlet *quadlet, const struct quadlet_file *file,
			   const struct unit *unit);

void quadlet_add_problem(struct quadlet *quadlet, struct quadlet_problem problem);

/* "/etc/containers/systemd/a.container:3: error: Pull: …[class]", without control characters. */
const char *quadlet_problem_format(struct quadlet *quadlet, const struct quadlet_problem *problem);

void quadlet_free(struct quadlet *quadlet);
