// SPDX-License-Identifier: Apache-2.0
/* What the verbs of keelson share. Each verb takes the words behind its name and returns an exit
 * code; what is asked of whom: containers of their files, units of PID 1, the rest of the programs
 * that know. */
#pragma once
#include "lib/overview/containers.h"
#include "run/places.h"
#include <stdbool.h>

#define EXIT_WRONG 1
#define EXIT_USAGE 2
#define PID1_TIMEOUT_S 10

struct context {
	struct places places;
	const char *programs; /* the folder of keelson-run and the others */
};

/* The words of a verb, options taken out. */
struct request {
	bool json, all, follow, offline, dry_run;
	const char *lines, *image;
	const struct verb *verb;
	char *const *words; /* what is no option, or is behind the first one that is none */
	size_t count;
};

struct verb {
	const char *name, *options, *help; /* options: those that it knows, with blanks between */
	size_t least, most;                /* words */
	int (*run)(const struct context *context, const struct request *request);
};

int verb_ps(const struct context *context, const struct request *request);
int verb_status(const struct context *context, const struct request *request);
int verb_logs(const struct context *context, const struct request *request);
int verb_execute(const struct context *context, const struct request *request);
int verb_images_of(const struct context *context, const struct request *request);
int verb_auto_update(const struct context *context, const struct request *request);
int verb_debug(const struct context *context, const struct request *request);

/* Says on standard error what went wrong. Returns EXIT_WRONG, or 0 if r is not negative. */
int complain_of(int r, const struct error *error);

/* Writes what was put together and frees it. */
int put_out(struct json_writer *writer, struct error *error);

/* gather.c: what the files say of one container; of all of them, in the order of names. */
void gather_container(const struct places *places, const char *name,
		      struct overview_container *ret);
int gather_containers(const struct places *places, struct overview_container **ret,
		      size_t *ret_count, struct error *error);
