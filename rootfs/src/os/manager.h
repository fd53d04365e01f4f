// SPDX-License-Identifier: Apache-2.0
/* PID 1, asked over its private socket, which needs no message bus. Programs that use this link
 * libsystemd, so it is not among what all of ours share; see Makefile. */
#pragma once
#include "lib/error.h"
#include <stddef.h>
#include <stdint.h>

struct sd_bus;

struct manager_facts {
	uint32_t failed_units;
	uint64_t userspace_usec; /* CLOCK_MONOTONIC when the manager started */
};

void manager_close(struct sd_bus **manager);
#define AUTO_MANAGER __attribute__((cleanup(manager_close)))

/* Waits at most timeout_s for each answer. The caller closes it. */
int manager_connect(unsigned timeout_s, struct sd_bus **ret, struct error *error);

int manager_ask(struct sd_bus *manager, struct manager_facts *ret, struct error *error);
