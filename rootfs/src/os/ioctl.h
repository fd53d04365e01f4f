// SPDX-License-Identifier: Apache-2.0
/* ioctl() with the one type of request that musl (int) and glibc (unsigned long) do not agree on.
 */
#pragma once
#include <sys/syscall.h>
#include <unistd.h>

/* Returns what the kernel does; -1 with errno on failure. */
static inline int device_ioctl(int fd, unsigned long request, void *argument)
{
	return (int)syscall(SYS_ioctl, fd, request, argument);
}
