// SPDX-License-Identifier: Apache-2.0
/* See watchdog.h. Linux, Documentation/watchdog/watchdog-api.rst: opening starts it, and closing
 * stops it only after a 'V' was written; without one the kernel says "watchdog did not stop!". */
#include "os/watchdog.h"
#include "os/file.h"
#include "os/ioctl.h"
#include <fcntl.h>
#include <linux/watchdog.h>

#define DEVICE "/dev/watchdog0"

int watchdog_arm(unsigned timeout_s, struct error *error)
{
	AUTO_CLOSE int fd = open(DEVICE, O_WRONLY | O_CLOEXEC);
	int seconds = (int)timeout_s;

	if (fd < 0)
		return error_errno(error, "open " DEVICE);
	if (device_ioctl(fd, WDIOC_SETTIMEOUT, &seconds) < 0)
		return error_errno(error, DEVICE ": set the timeout to %u s", timeout_s);
	return 0;
}
