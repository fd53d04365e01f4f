// SPDX-License-Identifier: Apache-2.0
/* Device-mapper by its ioctls (Linux, include/uapi/linux/dm-ioctl.h), without libdevmapper and
 * without udev. */
#pragma once
#include "lib/error.h"
#include <stdint.h>

/* Makes a read-only device of one target and starts it. ret_minor: its node is /dev/dm-MINOR, which
 * devtmpfs has made when this returns. On failure nothing is left behind. */
int dm_create(const char *name, const char *uuid, uint64_t sectors, const char *target,
	      const char *parameters, unsigned *ret_minor, struct error *error);
