// SPDX-License-Identifier: Apache-2.0
/* See loop.h. Must never write to the file. */
#include "os/loop.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "os/ioctl.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define CONTROL "/dev/loop-control"
#define TRIES 16

static int configure(const char *device, int fd, uint64_t offset_bytes, uint64_t size_bytes)
{
	struct loop_config config = { .fd = (uint32_t)fd };
	char path[DEVICE_NAME_BYTES + 8];
	AUTO_CLOSE int loop = -1;

	config.info.lo_offset = offset_bytes;
	config.info.lo_sizelimit = size_bytes;
	config.info.lo_flags = LO_FLAGS_READ_ONLY;
	snprintf(path, sizeof(path), "/dev/%s", device);
	loop = open(path, O_RDONLY | O_CLOEXEC);
	if (loop < 0 || device_ioctl(loop, LOOP_CONFIGURE, &config) < 0)
		return -errno;
	return 0;
}

/* The kernel names a free device; somebody else may have it before us. */
int loop_attach(int fd, uint64_t offset_bytes, uint64_t size_bytes, struct partition *ret,
		struct error *error)
{
	AUTO_CLOSE int control = open(CONTROL, O_RDWR | O_CLOEXEC);
	struct partition row = { .size_sectors = size_bytes / 512 };
	int r = -EBUSY;

	if (control < 0)
		return error_errno(error, "open " CONTROL);
	for (unsigned tries = 0; r == -EBUSY && tries < TRIES; tries++) {
		int number = device_ioctl(control, LOOP_CTL_GET_FREE, NULL);

		if (number < 0)
			return error_errno(error, "find a free loop device");
		snprintf(row.device, sizeof(row.device), "loop%d", number);
		r = configure(row.device, fd, offset_bytes, size_bytes);
	}
	if (r < 0)
		return error_set(error, r, "set up %s: %s", row.device, strerror(-r));
	r = blockdev_numbers(row.device, &row.major, &row.minor, error);
	if (r == 0)
		*ret = row;
	return r;
}
