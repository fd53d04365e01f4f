// SPDX-License-Identifier: Apache-2.0
/*
 * The verb pod: one process of ours that has the namespaces which the pod's containers share, and
 * waits. It has to be one: the unit needs a main process, and it is what ends with the last
 * container. An image is not needed for that.
 *
 * The order: what is left of an earlier one goes; folders; the network namespace and its networks;
 * /dev/shm; the other namespaces; state.json, by which containers find it; systemd is told. A cut
 * leaves what remove.c takes away at the next start, or by "rm pod".
 */
#include "lib/run/amounts.h"
#include "lib/run/plan.h"
#include "os/notify.h"
#include "run/network.h"
#include "run/process.h"
#include "run/spaces.h"
#include "run/users.h"
#include "run/verbs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SHM_BYTES (64 << 20)
#define GRACE_MS 5000 /* a container that is restarted is gone for less than that */
#define STOP_MS 10000

struct pod {
	const struct places *places;
	const struct run_options *options;
	const char *name, *netns;
	bool own_network;
	struct users users;
};

static const char *path_of(const struct pod *pod, const char *file)
{
	return place_of(pod->places, "pods", pod->name, file);
}

static int put(const struct pod *pod, const char *file, const char *text, struct error *error)
{
	const char *path = path_of(pod, file);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || file_append(fd, text, strlen(text)) < 0)
		return error_errno(error, "write %s", path);
	return 0;
}

/* The members' root may write to it. */
static int give(const struct pod *pod, const char *file, struct error *error)
{
	const char *path = path_of(pod, file);

	return access(path, F_OK) < 0 ? 0 : users_give(&pod->users, path, error);
}

static int join(struct pod *pod, struct error *error)
{
	struct net_joined joined = { 0 };
	enum run_network mode;
	int r = run_pod_network(pod->options, &mode, error);

	pod->own_network = mode != RUN_NETWORK_HOST;
	if (r == 0 && pod->own_network)
		r = spaces_make_network(pod->netns, pod->users.fd, error);
	if (r == 0)
		r = network_join(pod->places, pod->options, pod->netns, path_of(pod, "hosts"),
				 &joined, error);
	if (r == 0 && joined.resolv_conf)
		r = put(pod, "resolv.conf", joined.resolv_conf, error);
	if (r == 0 && !pod->options->no_hosts && access(path_of(pod, "hosts"), F_OK) < 0)
		r = put(pod, "hosts", joined.hosts, error);
	if (r == 0)
		r = give(pod, "resolv.conf", error);
	if (r == 0)
		r = give(pod, "hosts", error);
	net_joined_free(&joined);
	return r < 0 ? error_wrap(error, "network") : 0;
}

static int mount_shm(const struct pod *pod, struct error *error)
{
	uint64_t size = SHM_BYTES;
	char options[64];
	int r = place_make(path_of(pod, "shm"), true, error);

	if (pod->options->shm_size && amount_size(pod->options->shm_size, &size) < 0)
		return error_set(error, -EINVAL, "--shm-size=%s is no size",
				 pod->options->shm_size);
	snprintf(options, sizeof(options), "mode=1777,size=%llu", (unsigned long long)size);
	if (r == 0 && mount("shm", path_of(pod, "shm"), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
			    options) < 0)
		r = error_errno(error, "mount /dev/shm");
	return r;
}

static int enter(const struct pod *pod, struct error *error)
{
	const char *name = pod->options->hostname ? pod->options->hostname : pod->name;
	AUTO_CLOSE int network = -1;

	if ((pod->users.fd >= 0 && spaces_enter_users(pod->users.fd) < 0) ||
	    unshare(CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		return error_errno(error, "new namespaces");
	if (sethostname(name, strnlen(name, 64)) < 0)
		return error_errno(error, "set hostname %s", name);
	if (!pod->own_network)
		return 0;
	network = open(pod->netns, O_RDONLY | O_CLOEXEC);
	if (network < 0 || setns(network, CLONE_NEWNET) < 0)
		return error_errno(error, "enter %s", pod->netns);
	return 0;
}

static int save(const struct pod *pod, struct error *error)
{
	struct run_state state = { .name = pod->name,
				   .image = "",
				   .pid = (uint64_t)getpid(),
				   .started_ms = process_now_ms(),
				   .stop_signal = SIGTERM,
				   .stop_timeout_ms = STOP_MS,
				   .labels = pod->options->labels };
	const char *volumes = words_join(&pod->options->volumes, "\n", pod->places->arena);
	int r = put(pod, "volumes", volumes, error);

	if (process_started(getpid(), &state.pid_started) < 0)
		return error_set(error, -ESRCH, "/proc does not have us");
	return r < 0 ? r : state_save(pod->places, "pods", &state, error);
}

static int make(struct pod *pod, struct error *error)
{
	AUTO_CLOSE int lock = -1;
	int r = verb_remove(pod->places, "pod", pod->name, error);

	if (r == 0)
		r = place_lock(pod->places, "pod", pod->name, &lock, error);
	if (r == 0)
		r = place_make(path_of(pod, "members"), false, error);
	if (r == 0)
		r = users_open(pod->places, arena_format(pod->places->arena, "pod:%s", pod->name),
			       pod->options, &pod->users, error);
	if (r == 0)
		r = join(pod, error);
	if (r == 0)
		r = mount_shm(pod, error);
	if (r == 0)
		r = enter(pod, error);
	return r < 0 ? r : save(pod, error);
}

static size_t count_members(const struct pod *pod)
{
	DIR *members = opendir(path_of(pod, "members"));
	struct dirent *entry;
	size_t count = 0;

	while (members && (entry = readdir(members)))
		count += entry->d_name[0] != '.';
	if (members)
		closedir(members);
	return count;
}

/* Until a signal comes, or the last member has gone and none has come again for a while. */
static int stay(const struct pod *pod, int signals, int changes)
{
	bool ends = !pod->options->exit_policy || strcmp(pod->options->exit_policy, "stop") == 0;
	bool had = false;
	char events[4096];

	for (;;) {
		struct pollfd fds[] = { { .fd = signals, .events = POLLIN },
					{ .fd = changes, .events = POLLIN } };
		size_t members = count_members(pod);
		int r;

		had |= members > 0;
		r = poll(fds, 2, ends && had && members == 0 ? GRACE_MS : -1);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0 || fds[0].revents)
			return 0;
		if (fds[1].revents && read(changes, events, sizeof(events)) < 0 && errno != EAGAIN)
			return -errno;
	}
}

int verb_pod(const struct places *places, const struct run_options *options, struct error *error)
{
	struct pod pod = {
		.places = places, .options = options, .name = options->name, .users = { .fd = -1 }
	};
	AUTO_CLOSE int changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	AUTO_CLOSE int signals = -1;
	sigset_t set;
	int r;

	pod.netns = path_of(&pod, "netns");
	r = make(&pod, error);
	if (r < 0) {
		verb_remove(places, "pod", pod.name, NULL);
		return error_wrap(error, "pod %s", pod.name);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (changes < 0 || signals < 0 ||
	    inotify_add_watch(changes, path_of(&pod, "members"), IN_CREATE | IN_DELETE) < 0)
		return error_errno(error, "pod %s: watch its members", pod.name);
	r = notify_send("READY=1", error);
	return r < 0 ? r : stay(&pod, signals, changes);
}

int pod_add(const struct places *places, const char *pod, const char *container,
	    struct error *error)
{
	const char *path =
		place_of(places, "pods", pod, arena_format(places->arena, "members/%s", container));
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? error_errno(error, "pod %s is not running: %s", pod, path) : 0;
}

int pod_inherit(const struct places *places, struct run_options *options, struct error *error)
{
	const char *path = place_of(places, "pods", options->pod, "volumes"), *text;
	struct words volumes = { 0 };
	size_t size;
	int r = place_read(places, path, RUN_STATE_BYTES_MAX, &text, &size, error);

	if (r < 0)
		return error_wrap(error, "pod %s is not running", options->pod);
	for (const char *at = text; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		const char *volume = arena_copy(places->arena, at, length);

		if (volume)
			words_add(&volumes, places->arena, volume);
		at += length + (at[length] == '\n');
	}
	for (size_t i = 0; i < options->volumes.count; i++)
		words_add(&volumes, places->arena, options->volumes.at[i]);
	options->volumes = volumes;
	return 0;
}

/* By looking into each: what was written down may be gone. */
void pod_forget(const struct places *places, const char *container)
{
	DIR *pods = opendir(place_of(places, "pods", NULL, NULL));
	const char *member = arena_format(places->arena, "members/%s", container);
	struct dirent *entry;

	while (pods && (entry = readdir(pods))) {
		if (!run_is_name(entry->d_name) ||
		    unlink(place_of(places, "pods", entry->d_name, member)) < 0)
			continue;
		net_set_name(places->root, entry->d_name, container, false, NULL);
	}
	if (pods)
		closedir(pods);
}
