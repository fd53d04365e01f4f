// SPDX-License-Identifier: Apache-2.0
/* See kmsg.h. */
#include "os/kmsg.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DAEMON_FACILITY (3 << 3)

void kmsg_print(enum kmsg_level level, const char *format, ...)
{
	AUTO_CLOSE int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	char text[700], line[800];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(line, sizeof(line), "<%d>%s: %s\n", DAEMON_FACILITY | level,
		 program_invocation_short_name, text);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
}
