// SPDX-License-Identifier: Apache-2.0
/* What an image's configuration says of how to run it (OCI image spec 1.1, config.md; Healthcheck
 * is Docker's). It was checked against its digest, but whoever wrote it may have meant harm. */
#pragma once
#include "lib/error.h"
#include "lib/words.h"
#include <stdbool.h>

#define RUN_IMAGE_LIST_MAX 1000

struct run_image {
	const char *user, *workdir, *stop_signal; /* NULL: it does not say */
	struct words env, entrypoint, command, volumes;
	bool has_health;
	struct words health; /* "NONE" | "CMD", ARG… | "CMD-SHELL", TEXT */
	int64_t health_interval_ms, health_timeout_ms, health_start_period_ms, health_retries;
};

/* All memory is the arena's. A configuration without "config" is one that says nothing. -EBADMSG.
 */
int run_image_parse(const char *text, size_t size, struct arena *arena, struct run_image *ret,
		    struct error *error);

/* A JSON array of strings, as --entrypoint may be one. -EBADMSG. */
int run_words_parse(const char *text, struct arena *arena, struct words *ret, struct error *error);
