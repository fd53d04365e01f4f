// SPDX-License-Identifier: Apache-2.0
/* See bridge.h. */
#include "net/bridge.h"
#include "lib/net/texts.h"
#include "net/link.h"
#include "os/file.h"
#include "os/kmsg.h"
#include "os/spawn.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES "run/systemd/network"
#define FILE_MAX_BYTES 65536
#define WAIT_MS 5000
#define WAIT_STEP_MS 10

/* Does a file hold this text? */
static bool holds(const char *path, const char *text)
{
	AUTO_FREE char *found = NULL;
	struct error ignored;

	return file_read(path, FILE_MAX_BYTES, &found, &ignored) == 0 && strcmp(found, text) == 0;
}

/* Takes over text. */
static int put_file(const char *path, char *text, bool *changed, struct error *error)
{
	AUTO_FREE char *owned = text;

	if (!owned)
		return error_set(error, -ENOMEM, "%s: no memory", path);
	if (holds(path, owned))
		return 0;
	*changed = true;
	return file_replace(path, owned, error);
}

/* Returns whether networkd runs and has read its files. An error of it is in the log and stops
 * nobody. */
static bool reload(struct session *session)
{
	char path[PATH_MAX], program[SPAWN_PATH_BYTES];
	const char *const argv[] = { program, "reload", NULL };
	struct error error;

	session_path(session->root, path, "run/systemd/netif/state");
	if (access(path, F_OK) < 0)
		return false;
	if (spawn_find("networkctl", program, &error) == 0 && spawn(argv, 0, &error) == 0)
		return true;
	kmsg_print(KMSG_WARNING, "systemd-networkd does not know the bridges yet: %s", error.text);
	return false;
}

/* A bridge that is there before networkd makes it is one of which it logs an error, though it takes
 * it. So it gets its time. */
static void wait_for(struct session *session, const struct net_config *network)
{
	struct timespec step = { .tv_nsec = WAIT_STEP_MS * 1000000L };
	struct error ignored;
	int index;

	for (int waited = 0; waited < WAIT_MS; waited += WAIT_STEP_MS) {
		if (link_index(session->route, network->bridge, &index, &ignored) == 0)
			return;
		nanosleep(&step, NULL);
	}
	kmsg_print(KMSG_WARNING, "systemd-networkd has not made the bridge %s in %d s",
		   network->bridge, WAIT_MS / 1000);
}

static void name_files(struct session *session, const struct net_config *network,
		       char ret_netdev[PATH_MAX], char ret_network[PATH_MAX])
{
	session_path(session->root, ret_netdev, FILES "/70-keelson-%s.netdev", network->name);
	session_path(session->root, ret_network, FILES "/70-keelson-%s.network", network->name);
}

static int put_files(struct session *session, const struct net_config *network, struct error *error)
{
	char netdev[PATH_MAX], file[PATH_MAX], members[PATH_MAX];
	bool changed = false;
	int r;

	session_path(session->root, members, "run/systemd");
	r = file_make_folder(members, error);
	session_path(session->root, members, FILES);
	if (r == 0)
		r = file_make_folder(members, error);
	session_path(session->root, members, FILES "/60-keelson-members.network");
	name_files(session, network, netdev, file);
	if (r == 0)
		r = put_file(members, strdup(net_networkd_members), &changed, error);
	if (r == 0)
		r = put_file(file, net_networkd_network(network), &changed, error);
	if (r == 0)
		r = put_file(netdev, net_networkd_netdev(network), &changed, error);
	if (r == 0 && changed && reload(session))
		wait_for(session, network);
	return r;
}

static int write_setting(const char *path, const char *value, struct error *error)
{
	return holds(path, value) ? 0 : file_write(path, value, error);
}

/* Packets go between networks only if the kernel is a router, and from 127.0.0.1 to a bridge only
 * if that is let (the table drops what comes the other way). Neighbours are asked for from the
 * bridge's link-local address, which must not be tried out for a second first. */
static int route_packets(const struct net_config *network, struct error *error)
{
	char path[PATH_MAX];
	int r = write_setting("/proc/sys/net/ipv4/ip_forward", "1\n", error);

	session_path("", path, "proc/sys/net/ipv4/conf/%s/route_localnet", network->bridge);
	if (r == 0)
		r = write_setting(path, "1\n", error);
	if (r < 0 || !net_subnet_of(network, 6))
		return r;
	session_path("", path, "proc/sys/net/ipv6/conf/%s/accept_dad", network->bridge);
	r = write_setting(path, "0\n", error);
	if (r == 0)
		r = write_setting("/proc/sys/net/ipv6/conf/all/forwarding", "1\n", error);
	return r;
}

static int configure(struct session *session, const struct net_config *network, int *ret_index,
		     struct error *error)
{
	int index, r = link_make_bridge(session->route, network, error);

	if (r == 0)
		r = route_packets(network, error);
	if (r == 0)
		r = link_index(session->route, network->bridge, &index, error);
	if (r == 0)
		r = link_up(session->route, index, error);
	for (size_t i = 0; r == 0 && i < network->subnet_count; i++)
		r = link_add_address(session->route, index, &network->subnets[i].gateway,
				     network->subnets[i].prefix.length, error);
	if (r == 0)
		*ret_index = index;
	return r;
}

int bridge_make(struct session *session, const struct net_config *network, int *ret_index,
		struct error *error)
{
	int r = put_files(session, network, error);

	if (r == 0)
		r = configure(session, network, ret_index, error);
	return r < 0 ? error_wrap(error, "network %s", network->name) : 0;
}

int bridge_remove(struct session *session, const struct net_config *network, struct error *error)
{
	char netdev[PATH_MAX], file[PATH_MAX];
	int r;

	name_files(session, network, netdev, file);
	if ((unlink(netdev) < 0 && errno != ENOENT) || (unlink(file) < 0 && errno != ENOENT))
		return error_errno(error, "remove %s", file);
	reload(session);
	r = link_remove(session->route, network->bridge, error);
	return r < 0 ? error_wrap(error, "network %s", network->name) : 0;
}
