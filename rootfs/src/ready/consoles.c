// SPDX-License-Identifier: Apache-2.0
/* See consoles.h. A console may be a serial line that nobody reads: writing must never block the
 * boot. */
#include "ready/consoles.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 1000

static int write_patiently(int fd, const char *text)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	while (*text != '\0') {
		ssize_t n = write(fd, text, strlen(text));

		if (n > 0)
			text += n;
		else if (n < 0 && errno == EAGAIN && poll(&wait, 1, WAIT_MS) > 0)
			continue;
		else if (n < 0 && errno == EINTR)
			continue;
		else
			return -1;
	}
	return 0;
}

static unsigned write_to(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/%.40s", name);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && write_patiently(fd, text) == 0;
}

unsigned consoles_write(const char *text)
{
	AUTO_FREE char *active = NULL;
	char *rest, *name;
	unsigned written = 0;
	int screen_seen = 0;

	if (file_read("/sys/class/tty/console/active", 4096, &active, NULL) == 0) {
		for (name = strtok_r(active, " \n", &rest); name;
		     name = strtok_r(NULL, " \n", &rest)) {
			screen_seen |= strcmp(name, "tty0") == 0;
			written += write_to(name, text);
		}
	}
	return screen_seen ? written : written + write_to("tty0", text);
}
