// SPDX-License-Identifier: Apache-2.0
/* See progress.h. */
#include "lib/progress.h"
#include <stdio.h>

void progress_line(uint64_t done_bytes, uint64_t total_bytes, uint64_t passed_ms,
		   char ret[PROGRESS_LINE_BYTES])
{
	double done = (double)done_bytes / 1e6, total = (double)total_bytes / 1e6;
	double rate = passed_ms > 0 ? done * 1000 / (double)passed_ms : 0;
	int used = snprintf(ret, PROGRESS_LINE_BYTES, "%.1f", done);

	if (total_bytes > 0)
		used += snprintf(ret + used, PROGRESS_LINE_BYTES - (size_t)used, " of %.1f", total);
	used += snprintf(ret + used, PROGRESS_LINE_BYTES - (size_t)used, " MB, %.1f MB/s", rate);
	if (total_bytes > done_bytes && rate > 0)
		snprintf(ret + used, PROGRESS_LINE_BYTES - (size_t)used, ", %.0f s left",
			 (total - done) / rate);
}
