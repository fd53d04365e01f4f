// SPDX-License-Identifier: Apache-2.0
/* What is known of a container that was started, as the text of its state.json. */
#pragma once
#include "lib/jsonwriter.h"
#include "lib/run/health.h"

#define RUN_STATE_BYTES_MAX (1 << 20)

struct run_state {
	const char *name, *image;
	const char *pod;      /* NULL: none */
	const char *manifest; /* digest of the image's; "": it has no image */
	uint64_t pid,
		pid_started; /* as /proc/PID/stat has it: who has the number later is another */
	uint64_t started_ms; /* CLOCK_BOOTTIME */
	unsigned stop_signal;
	uint64_t stop_timeout_ms;
	struct words labels;
	struct health_check health;
};

/* The caller frees writer's text. */
void run_state_put(struct json_writer *writer, const struct run_state *state);

/* Texts are the arena's. -EBADMSG. */
int run_state_parse(const char *text, size_t size, struct arena *arena, struct run_state *ret,
		    struct error *error);

/* health.json */
void run_health_put(struct json_writer *writer, const struct health_state *state);
int run_health_parse(const char *text, size_t size, struct health_state *ret, struct error *error);
