// SPDX-License-Identifier: Apache-2.0
/* The parts of keelson-slot. */
#pragma once
#include "lib/bootfailure.h"
#include "lib/cmdline.h"
#include "lib/error.h"
#include "lib/slot.h"
#include "os/bootstate.h"

#define DEVICE_PATH_BYTES 256

struct command {
	const char *verb, *device;
	int slot; /* -1: none given */
	unsigned tries;
	int timeout_s; /* -1: none given */
	bool json;
};

/* main.c: the slot that runs, -1 for none of the two. */
int running_slot(const char *cmdline);

/* main.c: both slots' states, and where they are kept. */
int read_slots(const struct command *command, const char *cmdline,
	       char ret_device[DEVICE_PATH_BYTES], struct slot_state ret[SLOTS],
	       struct error *error);

/* status.c: on standard output. */
void print_text(const struct slot_state slots[SLOTS], const struct boot_failure failures[SLOTS],
		int running, unsigned next);
void print_json(const struct slot_state slots[SLOTS], const struct boot_failure failures[SLOTS],
		int running, unsigned next);

/* failures.c: the record on the state partition. Without one no slot has failed. */
int failures_read(struct boot_failure ret[SLOTS], struct error *error);

/* failures.c: a slot's boot has been given up; overwrites what was known of that slot. */
int failures_add(unsigned slot, const char *reason, struct error *error);

/* failures.c: a slot has been marked good; of a slot that never failed nothing is kept. */
int failures_note_good(unsigned slot, struct error *error);

/* watch.c: see there. Returns 0 when boot-complete.target is reached, or does not return. */
int watch_boot(const struct command *command, const char *cmdline, struct error *error);
