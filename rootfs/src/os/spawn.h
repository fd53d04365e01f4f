// SPDX-License-Identifier: Apache-2.0
/* Runs a program to its end, without a shell. */
#pragma once
#include "lib/error.h"

/* argv[0] is the path. Standard input is /dev/null, the environment fixed (temporary files in
 * /run); what it says goes to the kernel's log line by line. Returns its exit status (0 to 255), or
 * a negative errno when it cannot be run, dies by a signal
 * (-ECHILD) or its status is above max_status (-EPROTO; the error ends with its last line). */
int spawn(const char *const argv[], int max_status, struct error *error);
