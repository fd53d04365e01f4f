// SPDX-License-Identifier: Apache-2.0
/* See progress.h. */
#include "os/progress.h"
#include "lib/progress.h"
#include <stdio.h>
#include <time.h>

#define EVERY_MS 5000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct progress progress_start(void)
{
	int64_t now = now_ms();

	return (struct progress){ now, now };
}

void progress_tell(struct progress *progress, uint64_t done_bytes, uint64_t total_bytes, bool end)
{
	int64_t now = now_ms();
	char line[PROGRESS_LINE_BYTES];

	if (!end && now < progress->told_ms + EVERY_MS)
		return;
	progress->told_ms = now;
	progress_line(done_bytes, total_bytes, (uint64_t)(now - progress->started_ms), line);
	puts(line);
	fflush(stdout);
}
