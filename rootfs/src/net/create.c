// SPDX-License-Identifier: Apache-2.0
/* Networks are made, removed and shown; see net.h. */
#include "net/create.h"
#include "lib/jsonwriter.h"
#include "lib/net/choose.h"
#include "net/bridge.h"
#include "net/link.h"
#include "net/net.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NAMED_MAX 8 /* members that an error names */

int net_check(const struct net_network *network, struct error *error)
{
	struct arena arena = { 0 };
	struct net_config config;
	unsigned wanted;
	int r = net_read_network(network, &arena, &config, &wanted, error);

	arena_free(&arena);
	return r;
}

static bool is_taken(const char *link, const void *context)
{
	return link_find(context, link);
}

static int complete(struct session *session, struct net_config *network, unsigned wanted,
		    struct error *error)
{
	struct net_busy busy = { 0 };
	uint8_t lot[NET_LOT_BYTES];
	struct links links = { 0 };
	int r;

	if (getrandom(lot, sizeof(lot), 0) != sizeof(lot))
		return error_errno(error, "random bytes");
	r = link_list(session->route, &links, error);
	if (r == 0)
		r = link_routes(session->route, &busy, error);
	if (r == 0)
		r = net_complete(network, wanted, &session->state, &busy, lot, is_taken, &links,
				 &session->state.arena, error);
	free(links.at);
	free(busy.at);
	return r;
}

static int make_bridge(struct session *session, const struct net_config *network,
		       struct error *error)
{
	int index;

	return network->driver == NET_BRIDGE ? bridge_make(session, network, &index, error) : 0;
}

/* The file first: what it says is made by whoever needs the network next, so a crash leaves a
 * network that is there, with or without its bridge. */
int create_network(struct session *session, const struct net_network *options, struct error *error)
{
	const struct net_config *found =
		options->name ? net_find_network(&session->state, options->name) : NULL;
	struct net_config network;
	unsigned wanted;
	int r;

	if (found)
		return make_bridge(session, found, error);
	r = net_read_network(options, &session->state.arena, &network, &wanted, error);
	if (r == 0)
		r = complete(session, &network, wanted, error);
	if (r == 0)
		r = session_write_network(session, &network, error);
	if (r == 0 && session_put_network(session, &network) < 0)
		r = error_set(error, -ENOMEM, "no memory");
	return r < 0 ? r : make_bridge(session, &network, error);
}

int net_create(const char *root, const struct net_network *network, struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	int r = net_check(network, error);

	if (r == 0)
		r = session_open(root, &session, error);
	if (r == 0)
		r = create_network(&session, network, error);
	return r == 0 ? session_apply(&session, error) : r;
}

static int refuse_used(const struct session *session, const char *name, struct error *error)
{
	char names[256] = "";
	size_t count = 0;

	for (size_t i = 0; i < session->state.member_count; i++) {
		const struct net_record *member = &session->state.members[i];
		size_t used = strlen(names);

		if (!net_find_lease(member, name))
			continue;
		if (count++ < NAMED_MAX)
			snprintf(names + used, sizeof(names) - used, " %s", member->name);
	}
	if (count == 0)
		return 0;
	return error_set(error, -EBUSY, "network %s is used by %zu containers:%s%s", name, count,
			 names, count > NAMED_MAX ? " …" : "");
}

/* The file last: until it is gone the network is there, and is removed by the next try. */
int net_remove(const char *root, const char *name, struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	const struct net_config *found;
	struct net_config network;
	int r = session_open(root, &session, error);

	if (r < 0)
		return r;
	found = net_find_network(&session.state, name);
	if (!found)
		return 0;
	network = *found;
	r = refuse_used(&session, name, error);
	session_drop_network(&session, name);
	if (r == 0)
		r = session_apply(&session, error);
	if (r == 0 && network.driver == NET_BRIDGE)
		r = bridge_remove(&session, &network, error);
	return r == 0 ? session_unlink_network(&session, name, error) : r;
}

int net_inspect(const char *root, const char *name, char **ret, struct error *error)
{
	AUTO_SESSION struct session session = { .lock = -1, .route = -1 };
	struct json_writer out = { 0 };
	int r = session_open(root, &session, error);
	size_t count = 0;

	if (r < 0)
		return r;
	json_put_text(&out, "[");
	for (size_t i = 0; i < session.state.network_count; i++) {
		const struct net_config *network = &session.state.networks[i];
		char *text;

		if (name && strcmp(network->name, name) != 0)
			continue;
		text = net_encode_network(network);
		json_put_text(&out, count++ > 0 ? "," : "");
		json_put_text(&out, text ? text : "");
		out.failed |= !text;
		free(text);
	}
	json_put(&out, "]\n", 3);
	if (out.failed || (name && count == 0)) {
		free(out.text);
		return out.failed ? error_set(error, -ENOMEM, "no memory")
				  : error_set(error, -ENOENT, "there is no network %s", name);
	}
	*ret = out.text;
	return 0;
}
