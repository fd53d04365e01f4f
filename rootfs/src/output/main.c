// SPDX-License-Identifier: Apache-2.0
/* keelson-output: what containers write goes to the journal through here. */
#include "lib/error.h"
#include "output/relay.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: keelson-output\n"
	"Passes what containers write on to the journal. Run by keelson-output.service, whose socket\n"
	"(/run/keelson/output.sock) keelson-run sends three descriptors to for each output of a\n"
	"container: the end of a pipe, the stream to the journal that systemd gave the container's\n"
	"unit, and the container's process, so that lines are that process's and unit's. A pipe, because a program can open it by\n"
	"its name (/dev/stdout, /proc/self/fd/1), and a socket not.\n"
	"One process for all containers, which keeps nothing. systemd keeps the\n"
	"descriptors too (FDSTORE=1 of sd_notify(3)): what is written while this does not run waits\n"
	"in the pipes. Writes nothing to disk. LogDriver=passthrough in a .container file goes\n"
	"without it.\n"
	"Exit codes: 1 failed, 2 usage; it ends by a signal only.\n";

int main(int argc, char *argv[])
{
	struct error error = { 0 };

	if (argc > 1) {
		bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

		fputs(usage, help ? stdout : stderr);
		return help ? 0 : 2;
	}
	if (relay(&error) < 0)
		fprintf(stderr, "keelson-output: %s\n", error.text);
	return 1;
}
