// SPDX-License-Identifier: Apache-2.0
/* See unconfigured.h. Reads files and interfaces, never the network. */
#include "ready/unconfigured.h"
#include "os/file.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char hint[] =
	"\r\nkeelson: this machine has no config: nobody can log in, and it runs nothing. Give it an"
	"\r\nkeelson: Ignition config before its first boot, or a key by the systemd credential"
	"\r\nkeelson: ssh.authorized_keys.root. To have it look for a config again, start it from a"
	"\r\nkeelson: fresh image. Its addresses:";

bool unconfigured(void)
{
	AUTO_FREE char *result = NULL;
	struct stat keys;

	return file_read("/run/keelson/provision.json", 4096, &result, NULL) == 0 &&
	       strstr(result, "\"config\":false") &&
	       (stat("/root/.ssh/authorized_keys", &keys) < 0 || keys.st_size == 0);
}

static const char *address_of(const struct ifaddrs *row, char *ret, socklen_t room)
{
	const struct sockaddr_in *v4 = (const void *)row->ifa_addr;
	const struct sockaddr_in6 *v6 = (const void *)row->ifa_addr;

	if (!row->ifa_addr || row->ifa_flags & IFF_LOOPBACK)
		return NULL;
	if (row->ifa_addr->sa_family == AF_INET)
		return inet_ntop(AF_INET, &v4->sin_addr, ret, room);
	if (row->ifa_addr->sa_family == AF_INET6)
		return inet_ntop(AF_INET6, &v6->sin6_addr, ret, room);
	return NULL;
}

void unconfigured_text(char *ret, size_t room)
{
	struct ifaddrs *rows = NULL;
	char address[INET6_ADDRSTRLEN];
	size_t at = (size_t)snprintf(ret, room, "%s", hint);

	if (getifaddrs(&rows) < 0)
		return;
	for (const struct ifaddrs *row = rows; row && at < room; row = row->ifa_next)
		if (address_of(row, address, sizeof(address)))
			at += (size_t)snprintf(ret + at, room - at, " %s=%s", row->ifa_name,
					       address);
	freeifaddrs(rows);
}
