// SPDX-License-Identifier: Apache-2.0
/* Amounts as podman's options have them: sizes, durations, signals, limits. */
#pragma once
#include "lib/error.h"
#include <stdint.h>

/* "64m", "1g", "512": bytes; b, k, m, g, t in either case, with or without b or ib behind. Returns
 * 0, -EINVAL or -ERANGE. */
int amount_size(const char *text, uint64_t *ret_bytes);

/* "1m30s", "500ms", "10" (seconds). Returns 0, -EINVAL or -ERANGE. */
int amount_duration(const char *text, uint64_t *ret_ms);

/* "TERM", "SIGTERM", "15", "SIGRTMIN+3". Returns 0 or -EINVAL. */
int amount_signal(const char *text, int *ret);

struct amount_limit {
	const char *name; /* "RLIMIT_NOFILE" */
	uint64_t soft, hard;
};

/* "nofile=1024:2048", "core=-1". */
int amount_limit(const char *text, struct amount_limit *ret, struct error *error);
