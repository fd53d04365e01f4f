// SPDX-License-Identifier: Apache-2.0
/* How far something long is, as a line for people: "12.0 of 96.5 MB, 4.0 MB/s, 21 s left". */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_LINE_BYTES 96

/* total_bytes: 0 when it is not known; nothing is said of what is left then. MB are millions of
 * bytes. */
void progress_line(uint64_t done_bytes, uint64_t total_bytes, uint64_t passed_ms,
		   char ret[PROGRESS_LINE_BYTES]);
