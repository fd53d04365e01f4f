// SPDX-License-Identifier: Apache-2.0
/* What containers and pods have in common of networks. */
#pragma once
#include "lib/run/options.h"
#include "net/net.h"
#include "run/places.h"

/* Joins what the options name by the namespace at netns. hosts: the file that becomes /etc/hosts.
 */
int network_join(const struct places *places, const struct run_options *options, const char *netns,
		 const char *hosts, struct net_joined *ret, struct error *error);
