// SPDX-License-Identifier: Apache-2.0
/* Health checks of containers: what is asked for, and what becomes of results (podman-run(1),
 * --health-…). */
#pragma once
#include "lib/run/imageconfig.h"
#include "lib/run/options.h"
#include <stdint.h>

enum health_action { HEALTH_NOTHING, HEALTH_KILL, HEALTH_RESTART, HEALTH_STOP };

struct health_check {
	struct words command; /* empty: there is none */
	uint64_t interval_ms, timeout_ms, start_period_ms;
	unsigned retries; /* failures in a row that make it unhealthy */
	enum health_action action;

	/* The check that counts until it has succeeded often enough; empty: there is none. */
	struct words startup;
	uint64_t startup_interval_ms, startup_timeout_ms;
	unsigned startup_retries, startup_successes; /* retries 0: for ever */
};

/* Options first, then the image. */
int health_check(const struct run_options *options, const struct run_image *image,
		 struct arena *arena, struct health_check *ret, struct error *error);

enum health_status { HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };
const char *health_status_name(enum health_status status);

struct health_state {
	enum health_status status;
	bool started; /* the startup check is done with, or there is none */
	unsigned successes, failures;
};

/* The next state, after a check that ended ago_ms after the container's start. ret_act: it has
 * become unhealthy now, so that the action is due. */
struct health_state health_next(const struct health_check *check, struct health_state state,
				bool good, uint64_t ago_ms, bool *ret_act);
