// SPDX-License-Identifier: Apache-2.0
#include "lib/progress.h"
#include "check.h"
#include <string.h>

static const struct {
	const char *name;
	uint64_t done, total, passed_ms;
	const char *want;
} rows[] = {
	{ "begun", 0, 100000000, 0, "0.0 of 100.0 MB, 0.0 MB/s" },
	{ "half", 50000000, 100000000, 10000, "50.0 of 100.0 MB, 5.0 MB/s, 10 s left" },
	{ "no total", 50000000, 0, 10000, "50.0 MB, 5.0 MB/s" },
	{ "whole", 100000000, 100000000, 20000, "100.0 of 100.0 MB, 5.0 MB/s" },
	{ "more than was said", 3000000, 1000000, 1000, "3.0 of 1.0 MB, 3.0 MB/s" },
};

SUITE(progress)
{
	char line[PROGRESS_LINE_BYTES];

	for (size_t i = 0; i < ROWS(rows); i++) {
		progress_line(rows[i].done, rows[i].total, rows[i].passed_ms, line);
		CHECK_TEXT(rows[i].name, line, rows[i].want);
	}
	progress_line(UINT64_MAX - 1, UINT64_MAX, 1, line);
	CHECK("large", strlen(line) < sizeof(line));
}
