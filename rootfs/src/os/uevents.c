// SPDX-License-Identifier: Apache-2.0
/* See uevents.h. */
#include "os/uevents.h"
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define KERNEL_GROUP 1
#define POLL_MS 10

int uevents_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void uevents_wait(int fd, unsigned timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char event[8192];

	if (fd < 0 && timeout_ms > POLL_MS)
		timeout_ms = POLL_MS;
	poll(&wait, 1, (int)timeout_ms);
	while (fd >= 0 && recv(fd, event, sizeof(event), MSG_DONTWAIT) > 0)
		;
}
