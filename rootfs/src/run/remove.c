// SPDX-License-Identifier: Apache-2.0
/*
 * The verb rm, and what a start does first. Whatever an earlier run has made, all of it or some,
 * goes in this order: processes, names and ports in networks, the namespace, the hold on the image,
 * the folder in /run, and last the folder in the store. A crash leaves what comes later, and the
 * next try takes that.
 */
#include "lib/text.h"
#include "net/net.h"
#include "oci/hold.h"
#include "run/blocks.h"
#include "run/process.h"
#include "run/spaces.h"
#include "run/users.h"
#include "run/verbs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define KILLED_MS 10000

/* Who was started but not written down is known to the runtime. */
static int end_processes(const struct places *places, const char *name, struct error *error)
{
	static const char *const kept[] = { NULL };
	const char *const words[] = { places->crun,
				      "--root",
				      place_of(places, "crun", NULL, NULL),
				      "--cgroup-manager=disabled",
				      "delete",
				      "--force",
				      name };
	struct words argv = { 0 };
	struct run_state state;
	AUTO_CLOSE int process = -1;
	AUTO_CLOSE int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (state_open(places, "containers", name, &state, &process, NULL) == 0) {
		process_signal(process, SIGKILL);
		if (process_wait(process, KILLED_MS) < 0)
			return error_set(error, -ETIMEDOUT, "its process does not end");
	}
	if (access(place_of(places, "crun", name, NULL), F_OK) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, places->arena, words[i]);
	return process_run(&argv, kept, nowhere, error) < 0 ? error->code : 0;
}

static void drop_holds(const struct places *places, const char *name)
{
	DIR *images = opendir(place_of(places, "containers", name, "images"));
	struct dirent *entry;

	if (access(places->store, F_OK) < 0)
		return;
	while (images && (entry = readdir(images)))
		if (entry->d_name[0] != '.')
			hold_drop(places->store,
				  arena_format(places->arena, "%s/%s", name, entry->d_name), NULL);
	if (images)
		closedir(images);
	hold_drop(places->store, name, NULL);
}

/* One for whom nothing is there costs a look. */
static bool is_there(const struct places *places, const char *name)
{
	return access(place_of(places, "containers", name, NULL), F_OK) == 0 ||
	       access(place_kept(places, "containers", name, NULL), F_OK) == 0 ||
	       access(place_of(places, "crun", name, NULL), F_OK) == 0;
}

int remove_container(const struct places *places, const char *name, struct error *error)
{
	struct error own = { 0 };
	int r;

	if (!is_there(places, name))
		return 0;
	r = end_processes(places, name, &own);
	if (r == 0)
		r = net_leave(places->root, name, &own);
	if (r == 0) {
		pod_forget(places, name);
		spaces_release(place_of(places, "containers", name, "netns"));
		blocks_release(places, arena_format(places->arena, "container:%s", name));
		drop_holds(places, name);
		r = place_remove(place_of(places, "containers", name, NULL), &own);
	}
	if (r == 0)
		r = place_remove(place_of(places, "crun", name, NULL), &own);
	if (r == 0)
		r = place_remove(place_kept(places, "containers", name, NULL), &own);
	return r < 0 ? error_set(error, r, "remove: %s", own.text) : 0;
}

static int remove_pod(const struct places *places, const char *name, struct error *error)
{
	struct run_state state;
	AUTO_CLOSE int process = -1;
	int r;

	if (access(place_of(places, "pods", name, NULL), F_OK) < 0)
		return 0;
	if (state_open(places, "pods", name, &state, &process, NULL) == 0) {
		process_signal(process, SIGKILL);
		process_wait(process, KILLED_MS);
	}
	r = net_leave(places->root, name, error);
	spaces_release(place_of(places, "pods", name, "netns"));
	blocks_release(places, arena_format(places->arena, "pod:%s", name));
	while (umount2(place_of(places, "pods", name, "shm"), MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	return r < 0 ? r : place_remove(place_of(places, "pods", name, NULL), error);
}

int verb_remove(const struct places *places, const char *kind, const char *name,
		struct error *error)
{
	AUTO_CLOSE int lock = -1;
	int r;

	if (!run_is_name(name))
		return error_set(error, -EINVAL, "%s is no name", name);
	r = place_lock(places, kind, name, &lock, error);
	if (r < 0)
		return r;
	if (strcmp(kind, "container") == 0)
		r = remove_container(places, name, error);
	else if (strcmp(kind, "pod") == 0)
		r = remove_pod(places, name, error);
	else if (strcmp(kind, "volume") == 0)
		r = place_remove(place_kept(places, "volumes", name, NULL), error);
	else
		r = net_remove(places->root, name, error);
	return r < 0 ? error_wrap(error, "%s %s", kind, name) : 0;
}
