// SPDX-License-Identifier: Apache-2.0
/* See users.h. */
#include "run/users.h"
#include "run/blocks.h"
#include "run/process.h"
#include "run/spaces.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_map(pid_t pid, const char *file, struct users_map *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	r = file_read(path, USERS_FILE_BYTES_MAX, &text, error);
	if (r < 0)
		return r;
	r = users_map_parse(text, ret, error);
	return r < 0 ? error_wrap(error, "%s", path) : 0;
}

static int write_map(pid_t pid, const char *file, const struct users_map *map, struct error *error)
{
	char path[64], text[USERS_TEXT_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	users_map_text(map, text);
	return file_write(path, text, error);
}

static int make(const struct users_map *uids, const struct users_map *gids, struct users *ret,
		struct error *error)
{
	struct held held;
	char path[64];
	int r = spaces_hold(-1, CLONE_NEWUSER, &held, error);

	if (r < 0)
		return r;
	r = write_map(held.pid, "uid_map", uids, error);
	if (r == 0)
		r = write_map(held.pid, "gid_map", gids, error);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)held.pid);
	if (r == 0 && (ret->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		r = error_errno(error, "open %s", path);
	spaces_let_go(&held);
	ret->uids = *uids;
	ret->gids = *gids;
	return r;
}

static bool is_ours(int fd)
{
	struct stat its, own;

	return fstat(fd, &its) == 0 && stat("/proc/self/ns/user", &own) == 0 &&
	       its.st_dev == own.st_dev && its.st_ino == own.st_ino;
}

/* Somebody else's: its maps are seen by who is in it. */
static int join(int fd, struct users *ret, struct error *error)
{
	struct held held;
	int r;

	if (is_ours(fd)) {
		close_fd(&fd);
		return 0;
	}
	ret->fd = fd;
	r = spaces_hold(fd, 0, &held, error);
	if (r < 0)
		return r;
	r = read_map(held.pid, "uid_map", &ret->uids, error);
	if (r == 0)
		r = read_map(held.pid, "gid_map", &ret->gids, error);
	spaces_let_go(&held);
	return r;
}

static int make_automatic(const struct places *places, const char *owner,
			  struct users_choice *choice, struct users *ret, struct error *error)
{
	uint32_t block = 0;
	int r = blocks_take(places, owner, &block, error);

	if (r == 0)
		r = users_map_fill(&choice->uids, block * USERS_BLOCK, choice->size, error);
	if (r == 0)
		r = users_map_fill(&choice->gids, block * USERS_BLOCK, choice->size, error);
	return r < 0 ? r : make(&choice->uids, &choice->gids, ret, error);
}

static int read_named(const struct places *places, const char *file, const char *name,
		      struct users_map *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/etc/%s", places->root, file);
	r = file_read(path, USERS_FILE_BYTES_MAX, &text, error);
	if (r < 0)
		return r;
	r = users_map_of_name(text, name, ret, error);
	return r < 0 ? error_wrap(error, "%s", path) : 0;
}

static int make_named(const struct places *places, const struct users_choice *choice,
		      struct users *ret, struct error *error)
{
	struct users_map uids, gids;
	int r = read_named(places, "subuid", choice->uids_name, &uids, error);

	if (r == 0)
		r = read_named(places, "subgid", choice->gids_name, &gids, error);
	return r < 0 ? r : make(&uids, &gids, ret, error);
}

int users_open(const struct places *places, const char *owner, const struct run_options *options,
	       struct users *ret, struct error *error)
{
	struct users_choice choice;
	int fd = -1, r = users_choose(options, &choice, error);

	*ret = (struct users){ .fd = -1 };
	if (r < 0 || choice.kind == USERS_HOST)
		return r;
	if (choice.kind == USERS_MAPPED)
		r = make(&choice.uids, &choice.gids, ret, error);
	else if (choice.kind == USERS_AUTO)
		r = make_automatic(places, owner, &choice, ret, error);
	else if (choice.kind == USERS_NAMED)
		r = make_named(places, &choice, ret, error);
	else if (choice.container)
		r = spaces_open(places, "containers", choice.container, RUN_NS_USER, &fd, error);
	else if ((fd = open(choice.path, O_RDONLY | O_CLOEXEC)) < 0)
		r = error_errno(error, "open %s", choice.path);
	if (r == 0 && fd >= 0)
		r = join(fd, ret, error);
	return r < 0 ? error_wrap(error, "users") : 0;
}

int users_of_pod(const struct places *places, const char *pod, struct users *ret,
		 struct error *error)
{
	int fd = -1, r = spaces_open(places, "pods", pod, RUN_NS_USER, &fd, error);

	*ret = (struct users){ .fd = -1 };
	return r < 0 ? r : join(fd, ret, error);
}

void users_close(struct users *users)
{
	close_fd(&users->fd);
}

int users_find(const struct users_map *map, uint32_t inside, uint32_t *ret, struct error *error)
{
	*ret = users_outside(map, inside);
	if (*ret != USERS_NOBODY)
		return 0;
	return error_set(error, -ERANGE,
			 "id %" PRIu32 " of the container is none of the machine's: no range of "
			 "--userns=auto:size= or --uidmap= has it",
			 inside);
}

int users_give(const struct users *users, const char *path, struct error *error)
{
	uint32_t uid, gid;
	int r;

	if (users->fd < 0)
		return 0;
	r = users_find(&users->uids, 0, &uid, error);
	if (r == 0)
		r = users_find(&users->gids, 0, &gid, error);
	if (r == 0 && chown(path, uid, gid) < 0)
		r = error_errno(error, "chown %s", path);
	return r;
}

static int become_root(int fd, struct error *error)
{
	if (spaces_enter_users(fd) < 0 || setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 ||
	    setresuid(0, 0, 0) < 0)
		return error_errno(error, "become root of the container");
	return 0;
}

int users_as_root(const struct users *users, int (*call)(void *context, struct error *error),
		  void *context, struct error *error)
{
	struct error own = { 0 };
	int ends[2];
	pid_t pid;

	if (users->fd < 0)
		return call(context, error);
	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return error_errno(error, "start a process");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		own.code = become_root(users->fd, &own);
		if (own.code == 0)
			own.code = call(context, &own);
		_exit(write(ends[1], &own, sizeof(own)) == sizeof(own) ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &own, sizeof(own)) != sizeof(own))
		own.code = error_set(&own, -EIO, "a process of the container's root ended");
	close(ends[0]);
	process_reap(pid);
	return own.code < 0 ? error_set(error, own.code, "%s", own.text) : 0;
}
