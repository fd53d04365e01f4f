// SPDX-License-Identifier: Apache-2.0
/*
 * What became of a boot, and the record of the last one of each slot that was given up. The record
 * is a JSON object that is only ever written here, so its reader knows this one form:
 *   {"a":null,
 *   "b":{"version":"1.2","time":1764000000,"good_since":null,"reason":"…"}}
 */
#pragma once
#include "lib/slot.h"

enum boot_state { BOOT_COMPLETE, BOOT_PENDING, BOOT_FAILED };

/* active: ActiveState of boot-complete.target. A target that is neither active nor has a job that
 * would make it so never will be. */
enum boot_state boot_state(const char *active, bool has_job);

struct boot_failure {
	bool known;            /* false: there was none, and the rest is zero */
	char version[64];      /* cleaned with text_clean, as is reason */
	uint64_t time_s;       /* of the real-time clock */
	uint64_t good_since_s; /* when the slot was marked good after that; 0: it was not */
	char reason[256];
};

#define BOOT_FAILURE_BYTES 512
#define BOOT_FAILURES_BYTES (SLOTS * (BOOT_FAILURE_BYTES + 8))

/* The object of one slot, or null. */
void boot_failure_json(const struct boot_failure *failure, char ret[BOOT_FAILURE_BYTES]);

void boot_failures_format(const struct boot_failure failures[SLOTS], char ret[BOOT_FAILURES_BYTES]);

/* -EBADMSG: it is not in that form. */
int boot_failures_parse(const char *text, struct boot_failure ret[SLOTS]);
