// SPDX-License-Identifier: Apache-2.0
/* Stands in for networks where they are not built: --network=host and none work, the rest is an
 * error. */
#include "net/net.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESOLV_BYTES_MAX (64 << 10)

static int absent(struct error *error)
{
	return error_set(error, -EOPNOTSUPP,
			 "networks of containers are not built into this program");
}

int net_check(const struct net_network *network, struct error *error)
{
	(void)network;
	return absent(error);
}

int net_create(const char *root, const struct net_network *network, struct error *error)
{
	(void)root, (void)network;
	return absent(error);
}

int net_remove(const char *root, const char *name, struct error *error)
{
	(void)root, (void)name, (void)error;
	return 0;
}

int net_check_member(const struct net_member *member, struct error *error)
{
	return member->networks && member->networks[0] ? absent(error) : 0;
}

int net_host_texts(const char *root, const struct net_member *member, struct net_joined *ret,
		   struct error *error)
{
	(void)root;
	*ret = (struct net_joined){ 0 };
	if (file_read("/etc/resolv.conf", RESOLV_BYTES_MAX, &ret->resolv_conf, NULL) < 0)
		ret->resolv_conf = strdup("");
	if (asprintf(&ret->hosts, "127.0.0.1 localhost\n::1 localhost\n127.0.0.1 %s\n",
		     member->hostname ? member->hostname : member->name) < 0)
		ret->hosts = NULL;
	return ret->hosts && ret->resolv_conf ? 0 : error_set(error, -ENOMEM, "out of memory");
}

int net_join(const char *root, const struct net_member *member, struct net_joined *ret,
	     struct error *error)
{
	return member->networks && member->networks[0] ? absent(error)
						       : net_host_texts(root, member, ret, error);
}

void net_joined_free(struct net_joined *joined)
{
	free(joined->hosts);
	free(joined->resolv_conf);
}

int net_set_name(const char *root, const char *member, const char *name, bool present,
		 struct error *error)
{
	(void)root, (void)member, (void)name, (void)present, (void)error;
	return 0;
}

int net_leave(const char *root, const char *member, struct error *error)
{
	(void)root, (void)member, (void)error;
	return 0;
}

int net_reload(const char *root, struct error *error)
{
	(void)root, (void)error;
	return 0;
}

int net_inspect(const char *root, const char *name, char **ret, struct error *error)
{
	(void)root, (void)name;
	*ret = NULL;
	return absent(error);
}
