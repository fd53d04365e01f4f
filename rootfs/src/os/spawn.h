// SPDX-License-Identifier: Apache-2.0
/* Runs a program to its end, without a shell. */
#pragma once
#include "lib/error.h"

/* argv[0] is the path. Standard input is /dev/null, the environment fixed (temporary files in
 * /run); what it says goes to the kernel's log line by line. Returns its exit status (0 to 255), or
 * a negative errno when it cannot be run, dies by a signal
 * (-ECHILD) or its status is above max_status (-EPROTO; the error ends with its last line). */
int spawn(const char *const argv[], int max_status, struct error *error);

#define SPAWN_OUTPUT_MAX (1 << 20)

/* What goes in and comes out; starts as zeros but for the input. */
struct spawn_io {
	const char *input; /* NULL: /dev/null */
	size_t input_bytes;
	char *output; /* what came on standard output, with a terminator; the caller frees it */
	size_t output_bytes;
};

/* As spawn, with the input on standard input and the output kept instead of logged. A program that
 * writes more than SPAWN_OUTPUT_MAX has its write fail (EPERM), and this is -EFBIG. output is set
 * only when this returns a status. */
int spawn_io(const char *const argv[], int max_status, struct spawn_io *io, struct error *error);

#define SPAWN_PATH_BYTES 64

/* The path of a program of this system, by its name: in /usr/bin, /usr/sbin, /sbin or /bin.
 * -ENOENT. */
int spawn_find(const char *name, char ret[SPAWN_PATH_BYTES], struct error *error);
