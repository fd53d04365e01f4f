// SPDX-License-Identifier: Apache-2.0
/* The journal's record of who looked at the machine with what. */
#pragma once
#include "lib/error.h"

/* journalctl MESSAGE_ID=… finds them all. */
#define RECORD_MESSAGE_ID "5e0a1bb2c4d84f6f9b1f6d0a7c3e9d42"

struct record {
	const char *container, *image, *digest, *manifest, *user, *tty, *command;
	const char *checked; /* pull: by the rules of now; store: by those of when it was taken */
};

/* Returns once journald has it. An error: there is no record, and nothing may be started. */
int record_send(const struct record *record, struct error *error);
