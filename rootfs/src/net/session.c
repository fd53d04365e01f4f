// SPDX-License-Identifier: Apache-2.0
/* See session.h. */
#include "net/session.h"
#include "lib/net/ruleset.h"
#include "lib/net/texts.h"
#include "net/hostsfile.h"
#include "net/netns.h"
#include "os/file.h"
#include "os/netlink.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NETWORKS "var/lib/containers/keelson/networks"
#define RUN "run/keelson/networks"
#define LOCK_WAIT_MS 60000
#define LOCK_STEP_MS 5

void session_path(const char *root, char ret[PATH_MAX], const char *format, ...)
{
	size_t used = (size_t)snprintf(ret, PATH_MAX, "%s/", root);
	va_list args;

	if (used >= PATH_MAX)
		return;
	va_start(args, format);
	vsnprintf(ret + used, PATH_MAX - used, format, args);
	va_end(args);
}

/* Each folder on the way; those of containers are for root alone. */
static int make_folders(const char *root, const char *path, struct error *error)
{
	char folder[PATH_MAX];

	for (size_t length = 0; path[length] != '\0'; length += path[length] == '/') {
		length += strcspn(path + length, "/");
		session_path(root, folder, "%.*s", (int)length, path);
		if (mkdir(folder, length > strlen("var/lib/containers") ? 0700 : 0755) < 0 &&
		    errno != EEXIST)
			return error_errno(error, "make folder %s", folder);
	}
	return 0;
}

/* The lock says in which network namespace members' own have the numbers that they are told dead
 * by. A unit with one of its own would know none of them. */
static int check_space(int lock, const char *path, struct error *error)
{
	char own[48], found[48] = "";
	struct stat status;
	ssize_t size;

	if (stat("/proc/thread-self/ns/net", &status) < 0)
		return error_errno(error, "our own network namespace");
	snprintf(own, sizeof(own), "netns %llu:%llu\n", (unsigned long long)status.st_dev,
		 (unsigned long long)status.st_ino);
	size = pread(lock, found, sizeof(found) - 1, 0);
	if (size < 0)
		return error_errno(error, "read %s", path);
	if (strcmp(found, own) == 0)
		return 0;
	if (size > 0 && found[size - 1] == '\n')
		return error_set(error, -EXDEV,
				 "%s is of another network namespace; the unit must not have "
				 "PrivateNetwork= or NetworkNamespacePath=",
				 path);
	return file_write_at(lock, 0, own, strlen(own), error);
}

static int wait_for_lock(int fd, const char *path, struct error *error)
{
	struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000L };

	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(error, "lock %s", path);
		if (waited >= LOCK_WAIT_MS)
			return error_set(
				error, -ETIMEDOUT,
				"%s has been held for a minute; see by whom in /proc/locks", path);
		nanosleep(&step, NULL);
	}
	return 0;
}

static int take_lock(const char *root, int *ret, struct error *error)
{
	char path[PATH_MAX];
	int r;

	session_path(root, path, RUN "/lock");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(error, "open %s", path);
	r = wait_for_lock(fd, path, error);
	if (r == 0)
		r = check_space(fd, path, error);
	if (r < 0)
		return r;
	*ret = fd;
	fd = -1;
	return 0;
}

/* Opens room for one more row, which stays zeroed. */
static void *add_row(struct arena *arena, void *rows, size_t *count, size_t bytes)
{
	void *grown = rows;

	if ((*count & (*count - 1)) == 0) {
		grown = arena_get(arena, *count == 0 ? 1 : *count * 2, bytes);
		if (grown && *count > 0)
			memcpy(grown, rows, *count * bytes);
	}
	*count += grown ? 1 : 0;
	return grown;
}

int session_put_network(struct session *session, const struct net_config *network)
{
	struct net_state *state = &session->state;
	void *rows;

	session_drop_network(session, network->name);
	rows = add_row(&state->arena, state->networks, &state->network_count, sizeof(*network));
	if (!rows)
		return -ENOMEM;
	state->networks = rows;
	state->networks[state->network_count - 1] = *network;
	return 0;
}

int session_put_member(struct session *session, const struct net_record *member)
{
	struct net_state *state = &session->state;
	void *rows;

	session_drop_member(session, member->name);
	rows = add_row(&state->arena, state->members, &state->member_count, sizeof(*member));
	if (!rows)
		return -ENOMEM;
	state->members = rows;
	state->members[state->member_count - 1] = *member;
	return 0;
}

void session_drop_network(struct session *session, const char *name)
{
	struct net_state *state = &session->state;
	const struct net_config *found = net_find_network(state, name);
	size_t at = found ? (size_t)(found - state->networks) : 0;

	if (!found)
		return;
	state->network_count--;
	memmove(state->networks + at, state->networks + at + 1,
		(state->network_count - at) * sizeof(*state->networks));
}

void session_drop_member(struct session *session, const char *name)
{
	struct net_state *state = &session->state;
	const struct net_record *found = net_find_member(state, name);
	size_t at = found ? (size_t)(found - state->members) : 0;

	if (!found)
		return;
	state->member_count--;
	memmove(state->members + at, state->members + at + 1,
		(state->member_count - at) * sizeof(*state->members));
}

static int load_network(struct session *session, const char *path, const char *name,
			struct error *error)
{
	AUTO_FREE char *text = NULL;
	struct net_config network;
	size_t size;
	int r = file_read_bytes(path, NET_STATE_MAX, &text, &size, error);

	if (r < 0)
		return r;
	r = net_decode_network(text, size, &session->state.arena, &network, error);
	if (r == 0 && strcmp(network.name, name) != 0)
		r = error_set(error, -EBADMSG, "it is of the network %s", network.name);
	if (r < 0)
		return error_wrap(
			error, "%s (correct it, or remove it and start its .network unit)", path);
	return session_put_network(session, &network);
}

/* A member's file that can't be read is nobody's: what is left of the member is taken over when one
 * of its name joins. */
static int load_member(struct session *session, const char *path, const char *name,
		       struct error *error)
{
	struct error ignored;
	AUTO_FREE char *text = NULL;
	struct net_record member;
	size_t size;
	int r = file_read_bytes(path, NET_STATE_MAX, &text, &size, &ignored);

	if (r == 0)
		r = net_decode_record(text, size, &session->state.arena, &member, &ignored);
	if (r == -ENOMEM)
		return error_set(error, r, "%s: no memory", path);
	if (r == 0 && strcmp(member.name, name) == 0)
		return session_put_member(session, &member);
	unlink(path);
	return 0;
}

/* What a write that was cut has left is nobody's, as we hold the lock. */
static int load_folder(struct session *session, const char *folder,
		       int (*load)(struct session *session, const char *path, const char *name,
				   struct error *error),
		       struct error *error)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int count, r = 0;

	session_path(session->root, path, "%s", folder);
	count = scandir(path, &entries, NULL, alphasort);
	if (count < 0)
		return error_errno(error, "open %s", path);
	for (int i = 0; i < count; i++) {
		char *name = entries[i]->d_name, *end = strrchr(name, '.');

		session_path(session->root, path, "%s/%s", folder, name);
		if (end && strcmp(end, ".tmp") == 0)
			unlink(path);
		if (r == 0 && end && strcmp(end, ".json") == 0) {
			*end = '\0';
			r = load(session, path, name, error);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int remove_dead(struct session *session, struct error *error)
{
	struct net_state *state = &session->state;
	int r = 0;

	for (size_t i = 0; r == 0 && i < state->member_count;) {
		const char *name = state->members[i].name;

		if (netns_lives(session->route, state->members[i].space)) {
			i++;
			continue;
		}
		r = session_unlink_member(session, name, error);
		session_drop_member(session, name);
	}
	return r;
}

static int load(struct session *session, struct error *error)
{
	int r = netlink_open(NETLINK_ROUTE, &session->route, error);

	if (r == 0)
		r = load_folder(session, NETWORKS, load_network, error);
	if (r == 0)
		r = load_folder(session, RUN "/members", load_member, error);
	if (r == -ENOMEM)
		return error_set(error, r, "no memory");
	return r == 0 ? remove_dead(session, error) : r;
}

int session_open(const char *root, struct session *ret, struct error *error)
{
	struct session session = { .root = root, .lock = -1, .route = -1 };
	int r = make_folders(root, NETWORKS, error);

	if (r == 0)
		r = make_folders(root, RUN "/members", error);
	if (r == 0)
		r = take_lock(root, &session.lock, error);
	if (r == 0)
		r = load(&session, error);
	if (r < 0) {
		session_close(&session);
		return r;
	}
	*ret = session;
	return 0;
}

void session_close(struct session *session)
{
	close_fd(&session->route);
	close_fd(&session->lock);
	arena_free(&session->state.arena);
}

bool session_has_member(const char *root, const char *name)
{
	char path[PATH_MAX];

	session_path(root, path, RUN "/members/%s.json", name);
	return net_is_name(name) && access(path, F_OK) == 0;
}

static int write_text(char *text, const char *path, struct error *error)
{
	AUTO_FREE char *owned = text;

	if (!owned)
		return error_set(error, -ENOMEM, "%s: no memory", path);
	return file_replace(path, owned, error);
}

int session_write_network(struct session *session, const struct net_config *network,
			  struct error *error)
{
	char path[PATH_MAX];

	session_path(session->root, path, NETWORKS "/%s.json", network->name);
	return write_text(net_encode_network(network), path, error);
}

int session_write_member(struct session *session, const struct net_record *member,
			 struct error *error)
{
	char path[PATH_MAX];

	session_path(session->root, path, RUN "/members/%s.json", member->name);
	return write_text(net_encode_record(member), path, error);
}

static int unlink_path(const char *path, struct error *error)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(error, "remove %s", path);
	return 0;
}

int session_unlink_network(struct session *session, const char *name, struct error *error)
{
	char path[PATH_MAX];

	session_path(session->root, path, NETWORKS "/%s.json", name);
	return unlink_path(path, error);
}

int session_unlink_member(struct session *session, const char *name, struct error *error)
{
	char path[PATH_MAX];

	session_path(session->root, path, RUN "/members/%s.json", name);
	return unlink_path(path, error);
}

/* Its socket stays open until the process ends: the kernel lets who closes it wait until it has
 * freed what the table had before, a grace period long. */
int session_apply(struct session *session, struct error *error)
{
	static int netfilter = -1;
	struct nl_batch batch = { 0 };
	int r = netfilter < 0 ? netlink_open(NETLINK_NETFILTER, &netfilter, error) : 0;

	if (r == 0) {
		if (session->state.network_count > 0)
			net_make_ruleset(&session->state, &batch);
		else
			net_make_no_ruleset(&batch);
		r = netlink_ask(netfilter, &batch, NULL, NULL, error);
	}
	free(batch.bytes);
	return r < 0 ? error_wrap(error, "nftables, table inet " NET_TABLE) : 0;
}

static bool share_network(const struct net_record *a, const struct net_record *b)
{
	for (size_t i = 0; i < a->lease_count; i++)
		if (net_find_lease(b, a->leases[i].network))
			return true;
	return false;
}

void session_refresh_hosts(struct session *session, const struct net_record *changed)
{
	for (size_t i = 0; i < session->state.member_count; i++) {
		const struct net_record *member = &session->state.members[i];

		if (member->hosts_file && (!changed || share_network(member, changed)))
			hostsfile_refresh(member, &session->state);
	}
}
