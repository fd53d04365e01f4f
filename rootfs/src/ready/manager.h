// SPDX-License-Identifier: Apache-2.0
/* What systemd's manager says about this boot. */
#pragma once
#include "lib/error.h"
#include <stdint.h>

struct manager_facts {
	uint32_t failed_units;
	uint64_t userspace_usec; /* CLOCK_MONOTONIC when the manager started */
};

/* Asks PID 1 over its private socket, which needs no message bus. Waits at most timeout_s for each
 * answer. */
int manager_ask(unsigned timeout_s, struct manager_facts *ret, struct error *error);
