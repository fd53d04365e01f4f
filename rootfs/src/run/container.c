// SPDX-License-Identifier: Apache-2.0
/*
 * The verb container. The order, and what a cut leaves of each step:
 *
 *   1. what is left of an earlier one of that name goes (remove.c)
 *   2. folders in the store and in /run, by which "rm" sees that there is something
 *   3. the image is pulled, a whole one or none (keelson-oci); a hold on its layers
 *   4. a user namespace if it wants one (users.h); a network namespace, seen at a path; its
 *      networks (net.h)
 *   5. from here mounts are ours alone: root file system, volumes (volumes.c says what a cut
 * leaves)
 *   6. config.json; the runtime starts the process, which is a child of ours
 *   7. state.json; we end and systemd is told (apart.h), or stay until the container has ended
 *
 * A failure ends as "rm" does. A cut leaves some of it without a use for anything, which step 1 of
 * the next start takes away, as "rm" would; mounts of step 5 go with the last process by
 * themselves. The runtime is killed when we are, and what it had begun ends before it became a
 * container, or is in the runtime's own record; until then the lock is held.
 */
#include "lib/run/capabilities.h"
#include "run/apart.h"
#include "run/process.h"
#include "run/rootfs.h"
#include "run/spaces.h"
#include "run/start.h"
#include "run/verbs.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

static int take_image(struct start *start, struct error *error)
{
	const struct run_options *options = start->options;
	int r = image_want(start->places, options, options->operand, options->pull, error);

	if (r == 0)
		r = hold_take(start->places->store, options->operand, start->name, &start->hold,
			      error);
	if (r < 0)
		return r;
	start->has_image = true;
	return run_image_parse(start->hold.config, start->hold.config_size, start->places->arena,
			       &start->image, error);
}

static int make_folders(struct start *start, struct error *error)
{
	const struct places *places = start->places;
	const char *state[] = { "rootfs", "secrets", "notify" }, *kept[] = { "upper", "work" };
	int r = 0;

	for (size_t i = 0; i < sizeof(state) / sizeof(state[0]) && r == 0; i++)
		r = place_make(place_of(places, "containers", start->name, state[i]), true, error);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]) && r == 0; i++)
		r = place_make(place_kept(places, "containers", start->name, kept[i]), true, error);
	return r;
}

static int make_plan(struct start *start, struct error *error)
{
	static struct utsname names;
	struct run_plan *plan = &start->plan;
	const struct run_image *image = start->has_image ? &start->image : NULL;
	struct arena *arena = start->places->arena;
	int r = start_identify(start, error);

	for (int i = 0; i < CAPABILITIES; i++)
		plan->available |= prctl(PR_CAPBSET_READ, i) == 1 ? UINT64_C(1) << i : 0;
	if (r == 0)
		r = run_plan(start->options, image, arena, plan, error);
	if (r == 0)
		r = health_check(start->options, image, arena, &start->state.health, error);
	if (r == 0 && start->options->sdnotify &&
	    strcmp(start->options->sdnotify, "healthy") == 0 &&
	    start->state.health.command.count == 0)
		r = error_set(error, -EINVAL,
			      "--sdnotify=healthy needs --health-cmd, or an image that has one");
	if (r == 0)
		r = spaces_resolve(start->places, start->options, start->users.fd, plan, error);
	if (r == 0)
		r = run_plan_sysctls(start->options, arena, plan, error);
	uname(&names);
	if (start->users.fd >= 0)
		plan->spaces[RUN_NS_USER] = spaces_path(start->places, start->users.fd);
	if (console_wanted(start->options))
		console_plan(plan);
	plan->machine = names.machine;
	plan->rootfs = place_of(start->places, "containers", start->name, "rootfs");
	return r;
}

/* Before anything is made: what can be known to be wrong. */
static int check(const struct run_options *options, struct error *error)
{
	enum run_network mode;
	const char *of;
	struct run_plan plan = { 0 };
	int r = run_network_mode(options, &mode, &of, error);

	return r < 0 ? r : run_plan_spaces(options, &plan, error);
}

static int prepare(struct start *start, struct error *error)
{
	struct run_options *options = start->options;
	int r = check(options, error);

	if (r == 0 && options->pod)
		r = pod_inherit(start->places, options, error);
	if (r == 0)
		r = make_folders(start, error);
	if (r == 0 && !options->rootfs)
		r = take_image(start, error);
	if (r == 0 && options->pod)
		r = pod_add(start->places, options->pod, start->name, error);
	if (r == 0)
		r = start_users(start, error);
	if (r == 0)
		r = start_network_space(start, error);
	if (r == 0)
		r = rootfs_unshare(start->folder, &start->outside, error);
	if (r == 0)
		r = start_mount_root(start, error);
	if (r == 0)
		r = make_plan(start, error);
	if (r == 0)
		r = start_network(start, error);
	if (r == 0)
		r = start_mounts(start, error);
	if (r == 0)
		r = start_files(start, error);
	if (r == 0)
		r = start_devices(start, error);
	if (r == 0)
		r = start_env(start, error);
	if (r == 0 && start->places->arena->exhausted)
		r = error_set(error, -ENOMEM, "out of memory");
	return r;
}

/* What cannot be undone now is at the next start; what went wrong at first is what is said. */
static void undo(struct start *start)
{
	if (rootfs_return(&start->outside, NULL) == 0)
		remove_container(start->places, start->name, NULL);
}

static int begin(struct start *start, struct error *error)
{
	int r = place_lock(start->places, "container", start->name, &start->lock, error);

	if (r == 0)
		r = remove_container(start->places, start->name, error);
	if (r < 0)
		return r;
	r = prepare(start, error);
	if (r == 0)
		r = start_launch(start, error);
	if (r < 0) {
		start_drop_output(start);
		undo(start);
	}
	close_fd(&start->lock);
	return r;
}

static int run(const struct places *places, const struct run_options *options,
	       struct apart_result *ret, struct error *error)
{
	struct run_options own = *options;
	struct start start = { .places = places,
			       .options = &own,
			       .name = options->name,
			       .users = { .fd = -1 },
			       .rootfs = { -1 },
			       .lock = -1,
			       .signals = -1,
			       .notify = -1,
			       .console = { .socket = -1, .end = -1 },
			       .outputs = { { .pipe = -1 }, { .pipe = -1 } },
			       .outside = { -1, -1 } };
	int r;

	start.folder = place_of(places, "containers", start.name, NULL);
	start.kept = place_kept(places, "containers", start.name, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	r = begin(&start, error);
	if (r == 0)
		r = start_follow(&start, &ret->status, error);
	ret->ready = start.ready;
	ret->pid = start.ended ? 0 : start.state.pid;
	ret->pid_started = start.state.pid_started;
	start_drop_output(&start);
	console_close(&start.console);
	tree_close(&start.rootfs);
	users_close(&start.users);
	close_fd(&start.notify);
	close_fd(&start.signals);
	close_fd(&start.outside.mounts);
	close_fd(&start.outside.root);
	hold_free(&start.hold);
	return r < 0 ? error_wrap(error, "container %s", start.name) : 0;
}

struct call {
	const struct places *places;
	const struct run_options *options;
};

static void run_apart(void *context, struct apart_result *ret)
{
	const struct call *call = context;

	ret->code = run(call->places, call->options, ret, &ret->error);
}

int verb_container(const struct places *places, const struct run_options *options, int *ret_status,
		   struct error *error)
{
	struct call call = { places, options };
	struct apart_result result = { 0 };
	int r;

	if (options->sdnotify)
		return apart(run_apart, &call, ret_status, error);
	r = run(places, options, &result, error);
	*ret_status = result.status;
	return r;
}
