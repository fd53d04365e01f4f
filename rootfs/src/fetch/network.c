// SPDX-License-Identifier: Apache-2.0
/*
 * See network.h. Drivers as udev would load them, then DHCP by BusyBox' udhcpc on every wired
 * interface; the script that it runs sets the address, the route and the name servers. Static
 * addresses have no place here: a config that is fetched over such a network has to come from the
 * platform.
 */
#include "fetch/network.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/ioctl.h"
#include "os/kmsg.h"
#include "os/modload.h"
#include "os/spawn.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTERFACES_MAX 64
#define APPEAR_S 5
#define CARRIER_S 10
#define SCRIPT "/usr/lib/keelson/dhcp-lease"

struct interfaces {
	char names[INTERFACES_MAX][IFNAMSIZ];
	size_t count;
};

static uint64_t read_number(const char *interface, const char *attribute)
{
	AUTO_FREE char *text = NULL;
	char path[64 + IFNAMSIZ];
	uint64_t number;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", interface, attribute);
	if (file_read(path, 64, &text, NULL) < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return text_to_number(text, UINT32_MAX, &number) == 0 ? number : 0;
}

/* Those that stand for hardware: bridges and the like have no device. */
static bool is_wired(const char *interface)
{
	char path[64 + IFNAMSIZ];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device", interface);
	return strlen(interface) < IFNAMSIZ && access(path, F_OK) == 0 &&
	       read_number(interface, "type") == ARPHRD_ETHER;
}

static void list(struct interfaces *ret)
{
	DIR *folder = opendir("/sys/class/net");
	struct dirent *entry;

	ret->count = 0;
	if (!folder)
		return;
	while (ret->count < INTERFACES_MAX && (entry = readdir(folder)))
		if (is_wired(entry->d_name))
			strcpy(ret->names[ret->count++], entry->d_name);
	closedir(folder);
}

/* Interfaces appear some time after their driver. */
static void find(struct interfaces *ret)
{
	modload_all();
	for (unsigned tenths = 0; tenths < APPEAR_S * 10; tenths++) {
		list(ret);
		if (ret->count > 0)
			return;
		usleep(100000);
	}
}

static int set_up(const char *interface)
{
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };

	strcpy(request.ifr_name, interface);
	if (fd < 0 || device_ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	request.ifr_flags |= IFF_UP;
	return device_ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

static bool any_carrier(const struct interfaces *interfaces)
{
	for (size_t i = 0; i < interfaces->count; i++)
		if (read_number(interfaces->names[i], "carrier") == 1)
			return true;
	return false;
}

static void wait_for_carrier(const struct interfaces *interfaces)
{
	for (unsigned tenths = 0; tenths < CARRIER_S * 10 && !any_carrier(interfaces); tenths++)
		usleep(100000);
}

static int ask(const char *interface)
{
	const char *const argv[] = { "/usr/bin/udhcpc",
				     "-i",
				     interface,
				     "-f",
				     "-n",
				     "-q",
				     "-t",
				     "6",
				     "-T",
				     "3",
				     "-s",
				     SCRIPT,
				     NULL };

	return spawn(argv, 0, NULL); /* what it says is in the log */
}

static int bring_up(struct error *error)
{
	struct interfaces interfaces;
	size_t good = 0;

	find(&interfaces);
	if (interfaces.count == 0)
		return error_set(error, -ENETUNREACH, "no network interface was found");
	for (size_t i = 0; i < interfaces.count; i++)
		set_up(interfaces.names[i]);
	wait_for_carrier(&interfaces);
	for (size_t i = 0; i < interfaces.count; i++)
		if (read_number(interfaces.names[i], "carrier") == 1 &&
		    ask(interfaces.names[i]) == 0)
			good++;
	return good > 0 ? 0
			: error_set(error, -ENETUNREACH,
				    "none of %zu network interfaces has a carrier and a DHCP lease",
				    interfaces.count);
}

/* A system that is up has its own network, which is not ours to touch. */
static bool is_systems(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

int network_up(struct error *error)
{
	static bool tried;
	static struct error result;

	if (is_systems())
		return 0;
	if (!tried) {
		kmsg_print(KMSG_NOTICE, "bringing up the network");
		bring_up(&result);
		tried = true;
	}
	if (result.code < 0 && error)
		*error = result;
	return result.code;
}

void network_down(void)
{
	const char *argv[] = { SCRIPT, "down", NULL, NULL };
	struct interfaces interfaces;

	if (is_systems())
		return;
	list(&interfaces);
	for (size_t i = 0; i < interfaces.count; i++) {
		argv[2] = interfaces.names[i];
		spawn(argv, 255, NULL);
	}
}
