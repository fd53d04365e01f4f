// SPDX-License-Identifier: Apache-2.0
/* The line that says that the system is up, for people, CI systems and our tests, and the same as
 * JSON. */
#pragma once
#include <stdint.h>

#define READY_BYTES 512

struct ready {
	char version[64];
	char arch[32];
	char slot[8];
	uint32_t failed_units;
	uint64_t userspace_ms;
};

/* Makes a word of what came from a file: characters outside [A-Za-z0-9._+~-] become '_', an empty
 * one "unknown". */
void ready_clean(char *word);

/* "KEELSON-READY version=… arch=… slot=… failed_units=N userspace_ms=…", without a newline. */
void ready_line(const struct ready *ready, char ret[READY_BYTES]);
void ready_json(const struct ready *ready, char ret[READY_BYTES]);
