// SPDX-License-Identifier: Apache-2.0
/* PID 1, asked over its private socket, which needs no message bus. Programs that use this link
 * libsystemd, so it is not among what all of ours share; see Makefile. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
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

/* ActiveState of a unit, and whether a job is queued for it. */
int manager_unit(struct sd_bus *manager, const char *unit, char ret_active[16], bool *ret_job,
		 struct error *error);

/* Names, with blanks between, of the units that match one of the patterns and are in that state
 * (ActiveState or SubState); a list too long for ret is cut. patterns ends with NULL; if it is
 * empty every unit matches. Returns how many units there are. */
int manager_units(struct sd_bus *manager, const char *state, char *const patterns[], char *ret,
		  size_t room, struct error *error);

/* The same of the units that a unit requires. */
int manager_requirements(struct sd_bus *manager, const char *unit, const char *state, char *ret,
			 size_t room, struct error *error);

/* 1 when the machine is on its way down, else 0. */
int manager_stopping(struct sd_bus *manager, struct error *error);

/* Asks for a restart: in order, as "systemctl reboot", or without stopping anything, as
 * "systemctl reboot --force". Returns before it happens. */
int manager_restart(struct sd_bus *manager, bool force, struct error *error);
