// SPDX-License-Identifier: Apache-2.0
/* Containers, of the files that keelson-run and the networks keep. Nothing is locked: each file is
 * whole at any time, and a container that goes meanwhile is seen as gone or as it was. */
#include "keelson/keelson.h"
#include "lib/overview/origin.h"
#include "lib/run/state.h"
#include "run/process.h"
#include "run/verbs.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CGROUP_BYTES_MAX 65536
#define CONTAINERS_MAX 65536

static const char *health_of(const struct places *places, const struct run_state *state)
{
	struct health_state health = { .status = HEALTH_STARTING };
	const char *text;
	size_t size;

	if (state->health.command.count == 0)
		return "none";
	if (place_read(places, place_of(places, "containers", state->name, "health.json"),
		       RUN_STATE_BYTES_MAX, &text, &size, NULL) == 0)
		run_health_parse(text, size, &health, NULL);
	return health_status_name(health.status);
}

/* A pod's container has the pod's network. One in none has no file. */
static void take_network(const struct places *places, const struct run_state *state,
			 struct overview_container *ret)
{
	const char *member =
		arena_format(places->arena, "%s.json", state->pod ? state->pod : state->name);
	struct net_record record;
	const char *text;
	size_t size;

	if (place_read(places, place_of(places, "networks", "members", member), NET_STATE_MAX,
		       &text, &size, NULL) == 0 &&
	    net_decode_record(text, size, places->arena, &record, NULL) == 0)
		overview_take_network(&record, places->arena, ret);
}

/* The descriptor is open: the number is still that process's. */
static void take_process(const struct places *places, const struct run_state *state,
			 struct overview_container *ret)
{
	const char *path =
		arena_format(places->arena, "/proc/%llu/cgroup", (unsigned long long)state->pid);
	uint64_t now_ms = process_now_ms();
	const char *text;
	size_t size;

	ret->pid = state->pid;
	if (now_ms >= state->started_ms)
		ret->started_s =
			(int64_t)time(NULL) - (int64_t)((now_ms - state->started_ms) / 1000);
	if (place_read(places, path, CGROUP_BYTES_MAX, &text, &size, NULL) == 0)
		ret->unit = origin_unit(text, places->arena);
}

void gather_container(const struct places *places, const char *name, struct overview_container *ret)
{
	struct run_state state;
	AUTO_CLOSE int process = -1;
	int r = state_open(places, "containers", name, &state, &process, NULL);

	*ret = (struct overview_container){ .name = name,
					    .memory_bytes = OVERVIEW_UNKNOWN,
					    .cpu_ms = OVERVIEW_UNKNOWN };
	ret->status = r == 0 ? "running" : r == -ESRCH ? "ended" : "unfinished";
	if (r < 0 && r != -ESRCH)
		return;
	ret->image = state.image;
	ret->pod = state.pod;
	ret->health = health_of(places, &state);
	if (r == 0) {
		take_process(places, &state, ret);
		take_network(places, &state, ret);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No folder: no container has been started yet. */
static int list_names(const struct places *places, struct words *ret, struct error *error)
{
	const char *path = place_of(places, "containers", NULL, NULL);
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder)
		return errno == ENOENT ? 0 : error_errno(error, "open %s", path);
	while (ret->count < CONTAINERS_MAX && (entry = readdir(folder)))
		if (run_is_name(entry->d_name))
			words_add(ret, places->arena,
				  arena_format(places->arena, "%s", entry->d_name));
	closedir(folder);
	if (ret->count > 1)
		qsort(ret->at, ret->count, sizeof(ret->at[0]), by_name);
	return 0;
}

int gather_containers(const struct places *places, struct overview_container **ret,
		      size_t *ret_count, struct error *error)
{
	struct words names = { 0 };
	struct overview_container *rows;
	int r = list_names(places, &names, error);

	if (r < 0)
		return r;
	rows = arena_get(places->arena, names.count, sizeof(*rows));
	for (size_t i = 0; rows && i < names.count; i++)
		gather_container(places, names.at[i], &rows[i]);
	if (!rows || places->arena->exhausted)
		return error_set(error, -ENOMEM, "out of memory");
	*ret = rows;
	*ret_count = names.count;
	return 0;
}
