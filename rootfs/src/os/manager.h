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

/* Names, with blanks between, of the units that match one of the patterns and are in that state
 * (ActiveState or SubState); a list too long for ret is cut. patterns ends with NULL; if it is
 * empty every unit matches. Returns how many units there are. */
int manager_units(struct sd_bus *manager, const char *state, char *const patterns[], char *ret,
		  size_t room, struct error *error);
