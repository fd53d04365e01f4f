// SPDX-License-Identifier: Apache-2.0
/* The files of net.h, held by the lock from net_open to net_close. */
#pragma once
#include "lib/error.h"
#include "lib/net/model.h"
#include <limits.h>

struct session {
	const char *root;
	int lock, route; /* descriptors; route: rtnetlink in the host's namespace */
	struct net_state state;
};

/* Makes the folders, waits for the lock (a minute at most), reads all. Members whose namespace is
 * gone are removed. session_close is needed after 0 only. */
int session_open(const char *root, struct session *ret, struct error *error);
void session_close(struct session *session);
#define AUTO_SESSION __attribute__((cleanup(session_close)))

/* Whether a member of that name has a file; asked without the lock, by those who have nothing to do
 * if there is none. */
bool session_has_member(const char *root, const char *name);

/* Durable: written beside, synced, renamed. */
int session_write_network(struct session *session, const struct net_config *network,
			  struct error *error);

/* Whole or not there. */
int session_write_member(struct session *session, const struct net_record *member,
			 struct error *error);

/* Nothing there is fine. The model keeps the row. */
int session_unlink_network(struct session *session, const char *name, struct error *error);
int session_unlink_member(struct session *session, const char *name, struct error *error);

/* Changes of the model alone. A row of the same name is replaced. */
int session_put_network(struct session *session, const struct net_config *network);
int session_put_member(struct session *session, const struct net_record *member);
void session_drop_network(struct session *session, const char *name);
void session_drop_member(struct session *session, const char *name);

/* Makes the table of nftables as the model says; without networks there is none. */
int session_apply(struct session *session, struct error *error);

/* Writes anew the hosts files of all members that share a network with one. What cannot be written
 * is passed over: the container is on its way out, or has made something else of the file. */
void session_refresh_hosts(struct session *session, const struct net_record *changed);

/* A path below root; *ret is cut if it would be too long, which open then tells. */
void session_path(const char *root, char ret[PATH_MAX], const char *format, ...)
	__attribute__((format(printf, 3, 4)));
