// SPDX-License-Identifier: Apache-2.0
/* Loop devices: parts of a file as read-only block devices. */
#pragma once
#include "lib/error.h"
#include "lib/partitions.h"
#include <stdint.h>

/* Shows bytes of the file from an offset, both multiples of 512, as a device that lasts until the
 * machine stops; the file may be closed and its name removed. ret: its kernel name, numbers and
 * size. -EBUSY: others took every device that we asked for. */
int loop_attach(int fd, uint64_t offset_bytes, uint64_t size_bytes, struct partition *ret,
		struct error *error);
