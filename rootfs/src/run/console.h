// SPDX-License-Identifier: Apache-2.0
/*
 * The terminal of a container: a pseudo-terminal of its own, so that its shell has job control,
 * beside the terminal that we were called from. The runtime makes it (OCI runtime spec 1.2,
 * config.md, "terminal") and sends us its end by a socket (crun(1), --console-socket).
 */
#pragma once
#include "lib/error.h"
#include "lib/run/options.h"
#include "lib/run/plan.h"
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define CONSOLE_SOCKET "console.sock" /* in the container's folder */
#define CONSOLE_FDS 2

struct console {
	int socket, end; /* -1: none */
	bool raw;
	struct termios before; /* of our terminal, while it is raw */
	char typed[1024];      /* what the container has not taken yet */
	size_t typed_bytes;
};

/* With --tty and --interactive, if our input and output are a terminal and we are to stay. */
bool console_wanted(const struct run_options *options);

/* What the container is to be given: our terminal's size. */
void console_plan(struct run_plan *plan);

/* Before the runtime is called: the socket, in folder. */
int console_listen(const char *folder, struct console *console, struct error *error);

/* After: its end. From here on our terminal is raw, until console_close. */
int console_take(struct console *console, struct error *error);

/* For poll(2), and what is to be done by its result. Without a console they do nothing. */
void console_wait_for(const struct console *console, struct pollfd ret[CONSOLE_FDS]);
void console_move(struct console *console, const struct pollfd fds[CONSOLE_FDS]);

/* Our terminal's size has changed. */
void console_resize(const struct console *console);

/* Shows what is left, and puts our terminal back. */
void console_close(struct console *console);
