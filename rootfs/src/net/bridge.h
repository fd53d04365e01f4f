// SPDX-License-Identifier: Apache-2.0
/*
 * A network's bridge. networkd owns it: there is a .netdev and a .network file, which it is told to
 * read, and it makes the bridge and keeps it. Where it does not run, or does not do it in time, the
 * bridge is made by netlink as the files describe it, and networkd takes it over when it comes.
 */
#pragma once
#include "net/session.h"

/* Makes what is missing of it. The files are in ROOT/run, so they go when the machine restarts. */
int bridge_make(struct session *session, const struct net_config *network, int *ret_index,
		struct error *error);

/* Takes it back; nothing there is fine. */
int bridge_remove(struct session *session, const struct net_config *network, struct error *error);
