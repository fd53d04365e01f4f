// SPDX-License-Identifier: Apache-2.0
/* Making networks, under a lock that is held already. */
#pragma once
#include "lib/net/options.h"
#include "net/session.h"

/* As net_create, but for the table of nftables, which session_apply makes. */
int create_network(struct session *session, const struct net_network *options, struct error *error);
