// SPDX-License-Identifier: Apache-2.0
/* See spaces.h. */
#include "run/spaces.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void spaces_release(const char *path)
{
	while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	unlink(path);
}

int spaces_enter_users(int users)
{
	return prctl(PR_SET_DUMPABLE, 0) < 0 ? -1 : setns(users, CLONE_NEWUSER);
}

/* Says 0 or why not, then waits for the other end to be closed. */
static void hold(int users, int what, int leash)
{
	char end;
	int failed = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((users >= 0 && spaces_enter_users(users) < 0) || (what != 0 && unshare(what) < 0))
		failed = errno;
	if (write(leash, &failed, sizeof(failed)) == sizeof(failed))
		(void)!read(leash, &end, 1);
	_exit(0);
}

int spaces_hold(int users, int what, struct held *ret, struct error *error)
{
	int ends[2], failed = EIO;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(error, "socketpair");
	ret->pid = fork();
	if (ret->pid == 0) {
		close(ends[0]);
		hold(users, what, ends[1]);
	}
	close(ends[1]);
	ret->leash = ends[0];
	if (ret->pid < 0) {
		close_fd(&ret->leash);
		return error_errno(error, "fork");
	}
	if (read(ret->leash, &failed, sizeof(failed)) == sizeof(failed) && failed == 0)
		return 0;
	spaces_let_go(ret);
	errno = failed;
	return error_errno(error, "new namespaces");
}

void spaces_let_go(struct held *held)
{
	close_fd(&held->leash);
	process_reap(held->pid);
}

int spaces_make_network(const char *path, int users, struct error *error)
{
	AUTO_CLOSE int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct held held;
	char space[64];
	int r;

	if (file < 0)
		return error_errno(error, "make %s", path);
	r = spaces_hold(users, CLONE_NEWNET, &held, error);
	if (r < 0)
		return r;
	snprintf(space, sizeof(space), "/proc/%d/ns/net", held.pid);
	if (mount(space, path, NULL, MS_BIND, NULL) < 0)
		r = error_errno(error, "mount network namespace at %s", path);
	spaces_let_go(&held);
	return r;
}

/* By a descriptor: the process may end and its number be another's when the runtime looks. */
int spaces_open(const struct places *places, const char *kind, const char *name,
		enum run_namespace space, int *ret, struct error *error)
{
	struct run_state state;
	AUTO_CLOSE int process = -1;
	int r = state_open(places, kind, name, &state, &process, error);

	if (r < 0)
		return error_wrap(error, "%s %s, whose %s namespace is asked for", kind, name,
				  run_namespace_types[space]);
	*ret = open(arena_format(places->arena, "/proc/%llu/ns/%s", (unsigned long long)state.pid,
				 run_namespace_files[space]),
		    O_RDONLY | O_CLOEXEC);
	if (*ret < 0 || process_wait(process, 0) == 0) {
		close_fd(ret);
		return error_set(error, -ESRCH, "%s %s has ended", kind, name);
	}
	return 0;
}

struct run_space spaces_path(const struct places *places, int fd)
{
	return (struct run_space){ .mode = RUN_SPACE_PATH,
				   .path = arena_format(places->arena, "/proc/%d/fd/%d",
							(int)getpid(), fd) };
}

static int resolve(const struct places *places, const char *kind, const char *name,
		   enum run_namespace space, struct run_space *ret, struct error *error)
{
	int fd = -1, r = spaces_open(places, kind, name, space, &fd, error);

	if (r == 0) {
		ret->mode = RUN_SPACE_PATH;
		ret->path = spaces_path(places, fd).path;
	}
	return r;
}

static int join_pod(const struct places *places, const char *pod, struct run_plan *plan,
		    struct error *error)
{
	static const enum run_namespace shared[] = { RUN_NS_NETWORK, RUN_NS_IPC, RUN_NS_UTS };
	int r = 0;

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]) && r == 0; i++)
		if (plan->spaces[shared[i]].mode == RUN_SPACE_NEW)
			r = resolve(places, "pods", pod, shared[i], &plan->spaces[shared[i]],
				    error);
	plan->shm_path = place_of(places, "pods", pod, "shm");
	plan->hostname = NULL;
	return r;
}

/* What has a name and is our own is the machine's: what holds for that has to hold for it. */
static void find_own(const struct places *places, struct run_plan *plan)
{
	for (int i = 0; i < RUN_NAMESPACES; i++) {
		const char *own =
			arena_format(places->arena, "/proc/self/ns/%s", run_namespace_files[i]);
		struct stat its, ours;

		if (plan->spaces[i].mode == RUN_SPACE_PATH &&
		    stat(plan->spaces[i].path, &its) == 0 && stat(own, &ours) == 0 &&
		    its.st_dev == ours.st_dev && its.st_ino == ours.st_ino)
			plan->spaces[i].mode = RUN_SPACE_HOST;
	}
}

static int is_owner(const char *path, int users, bool *ret, struct error *error)
{
	AUTO_CLOSE int space = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int owner = space < 0 ? -1 : ioctl(space, NS_GET_USERNS);
	struct stat its, own;

	if (owner < 0 || fstat(owner, &its) < 0 || fstat(users, &own) < 0)
		return error_errno(error, "users of namespace %s", path);
	*ret = its.st_dev == own.st_dev && its.st_ino == own.st_ino;
	return 0;
}

static int find_owner(struct run_space *space, int users, struct error *error)
{
	bool own = space->mode == RUN_SPACE_NEW;
	int r = space->mode == RUN_SPACE_PATH ? is_owner(space->path, users, &own, error) : 0;

	space->of_others = !own;
	return r;
}

/* The machine's mounts show the machine's, and of another network all but its links. */
static int find_owners(struct run_plan *plan, int users, struct error *error)
{
	static const enum run_namespace shown[] = { RUN_NS_NETWORK, RUN_NS_PID, RUN_NS_IPC };

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct run_space *space = &plan->spaces[shown[i]];
		int r = find_owner(space, users, error);

		if (r < 0)
			return r;
		if (space->of_others && space->mode == RUN_SPACE_PATH && shown[i] != RUN_NS_NETWORK)
			return error_set(error, -EPERM,
					 "the %s namespace of %s belongs to other users than the "
					 "container's; with it goes --userns= of the same",
					 run_namespace_types[shown[i]],
					 space->container ? space->container : space->path);
	}
	return 0;
}

int spaces_resolve(const struct places *places, const struct run_options *options, int users,
		   struct run_plan *plan, struct error *error)
{
	int r = 0;

	for (int i = 0; i < RUN_NAMESPACES && r == 0; i++)
		if (plan->spaces[i].container)
			r = resolve(places, "containers", plan->spaces[i].container,
				    (enum run_namespace)i, &plan->spaces[i], error);
	if (r == 0 && options->pod)
		r = join_pod(places, options->pod, plan, error);
	if (r == 0)
		find_own(places, plan);
	return r < 0 || users < 0 ? r : find_owners(plan, users, error);
}
