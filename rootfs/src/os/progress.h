// SPDX-License-Identifier: Apache-2.0
/* Tells on standard output how far something long is, every five seconds. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct progress {
	int64_t started_ms, told_ms;
};

struct progress progress_start(void);

/* A line, if it is time for one or this is the end; progress_line says what is in it. */
void progress_tell(struct progress *progress, uint64_t done_bytes, uint64_t total_bytes, bool end);
