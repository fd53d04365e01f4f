// SPDX-License-Identifier: Apache-2.0
/*
 * Networks of containers: bridges, interfaces below the host's, addresses, names, published ports,
 * without a daemon. Values of options are texts as podman's options have them, so that a caller
 * hands over what it was given.
 *
 * Two kinds of files are all the state there is; what the kernel has is made from them:
 *
 *   ROOT/var/lib/containers/keelson/networks/NAME.json    a network
 *   ROOT/run/keelson/networks/members/CONTAINER.json      who is in which, with addresses and ports
 *
 * A member's file is written before anything is made for it and removed after all of that is gone.
 * So a run that was killed is ended by the next net_join or net_leave of the same name, and a
 * member whose network namespace is gone counts for nothing. One lock
 * (ROOT/run/keelson/networks/lock) is held while either changes.
 *
 * root: "" on a machine; tests give a folder. Every call works in the caller's own network
 * namespace, which has to be the host's: -EXDEV in one that is not that of the first call.
 */
#pragma once
#include "lib/error.h"
#include "lib/net/options.h" /* struct net_network, struct net_member */

/* Whether the options are right in themselves; reads and writes nothing. -EINVAL: no such value can
 * be; -EOPNOTSUPP: there is no such thing here, with the reason. */
int net_check(const struct net_network *network, struct error *error);

/* Makes the network unless one of that name is there, which then stays as it is. Returns when its
 * bridge is up. */
int net_create(const char *root, const struct net_network *network, struct error *error);

/* Removes a network; nothing there is fine. -EBUSY: it has members, which are named. */
int net_remove(const char *root, const char *name, struct error *error);

struct net_address {
	char network[NET_NAME_MAX + 1], interface[NET_LINK_BYTES];
	char ip[INET_ADDRSTRLEN], ip6[INET6_ADDRSTRLEN]; /* "": none */
	char gateway[INET_ADDRSTRLEN], gateway6[INET6_ADDRSTRLEN];
	uint8_t ip_prefix, ip6_prefix;
	char mac[18];
};

struct net_joined {
	struct net_address addresses[NET_LEASES_MAX];
	size_t count;
	char *hosts;       /* the text of hosts_file */
	char *resolv_conf; /* the text of /etc/resolv.conf; NULL: none is to be made (dns "none") */
	char *warnings;    /* lines for the user; mostly "" */
};

/* Whether the options are right in themselves, as net_check. */
int net_check_member(const struct net_member *member, struct error *error);

/* Puts a network namespace into networks. A member of the same name leaves them first. With no
 * networks at all only loopback comes up, and the texts are made (--network=none). The network
 * "podman" is made on first use; any other has to be there (-ENOENT). -EADDRINUSE: a port or an
 * address is taken, and by whom. On failure nothing is left. ret is for net_joined_free. */
int net_join(const char *root, const struct net_member *member, struct net_joined *ret,
	     struct error *error);
void net_joined_free(struct net_joined *joined);

/* The two texts for a container in the host's network namespace, or that of its unit; member->netns
 * and ->networks do not count. */
int net_host_texts(const char *root, const struct net_member *member, struct net_joined *ret,
		   struct error *error);

/* Adds a name to a member (present) or takes one from it, for the containers of a pod. One that is
 * in no network has no use for it, which is fine. */
int net_set_name(const char *root, const char *member, const char *name, bool present,
		 struct error *error);

/* Takes back all that net_join made: ports, interfaces, addresses, names. Nothing there is fine,
 * and so is a half. */
int net_leave(const char *root, const char *member, struct error *error);

/* Makes all that the files say once more: bridges, ports, names. For a host whose firewall was
 * flushed. */
int net_reload(const char *root, struct error *error);

/* The networks, or the one of that name, as a JSON array in the manner of podman's "network
 * inspect". The caller frees it. -ENOENT. */
int net_inspect(const char *root, const char *name, char **ret, struct error *error);
