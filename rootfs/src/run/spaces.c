// SPDX-License-Identifier: Apache-2.0
/* See spaces.h. */
#include "run/spaces.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

void spaces_release(const char *path)
{
	while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	unlink(path);
}

/* Back into our own is what nothing may keep us from. */
int spaces_make_network(const char *path, struct error *error)
{
	AUTO_CLOSE int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int r = 0;

	if (own < 0 || file < 0)
		return error_errno(error, "make %s", path);
	if (unshare(CLONE_NEWNET) < 0)
		return error_errno(error, "new network namespace");
	if (mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0)
		r = error_errno(error, "mount network namespace at %s", path);
	if (setns(own, CLONE_NEWNET) < 0)
		return error_errno(error, "return to the network namespace");
	return r;
}

/* By a descriptor: the process may end and its number be another's when the runtime looks. */
static int resolve(const struct places *places, const char *kind, const char *name,
		   enum run_namespace space, struct run_space *ret, struct error *error)
{
	struct run_state state;
	AUTO_CLOSE int process = -1;
	int fd, r = state_open(places, kind, name, &state, &process, error);

	if (r < 0)
		return error_wrap(error, "%s %s, whose %s namespace is asked for", kind, name,
				  run_namespace_types[space]);
	fd = open(arena_format(places->arena, "/proc/%llu/ns/%s", (unsigned long long)state.pid,
			       run_namespace_files[space]),
		  O_RDONLY | O_CLOEXEC);
	if (fd < 0 || process_wait(process, 0) == 0)
		return error_set(error, -ESRCH, "%s %s has ended", kind, name);
	ret->mode = RUN_SPACE_PATH;
	ret->path = arena_format(places->arena, "/proc/%d/fd/%d", (int)getpid(), fd);
	return 0;
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

int spaces_resolve(const struct places *places, const struct run_options *options,
		   struct run_plan *plan, struct error *error)
{
	int r = 0;

	for (int i = 0; i < RUN_NAMESPACES && r == 0; i++)
		if (plan->spaces[i].container)
			r = resolve(places, "containers", plan->spaces[i].container,
				    (enum run_namespace)i, &plan->spaces[i], error);
	return r == 0 && options->pod ? join_pod(places, options->pod, plan, error) : r;
}
