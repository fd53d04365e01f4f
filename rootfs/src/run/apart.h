// SPDX-License-Identifier: Apache-2.0
/*
 * Who tells systemd that a container has started. systemd warns of a main process that is not its
 * child, as it may not notice its end; and a container's process is the child of who called the
 * runtime, until that one ends. So it is called by a process of ours that ends before systemd is
 * told, by the one that systemd has started.
 */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
#include <stdint.h>

/* What a start has come to. */
struct apart_result {
	int code, status; /* code < 0: it failed, for error; else status is what we end with */
	bool ready;       /* systemd is to be told */
	uint64_t pid, pid_started; /* of its main process from then on; 0: it has ended */
	struct error error;
};

/* Calls start in a process that gets the signals which we get, ends with us, and ends before
 * systemd hears of ret->pid. Returns the code, and what we are to end with. */
int apart(void (*start)(void *context, struct apart_result *ret), void *context, int *ret_status,
	  struct error *error);
