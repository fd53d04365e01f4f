// SPDX-License-Identifier: Apache-2.0
/* Health checks: the command runs in the container, its result goes into health.json, and what is
 * to be done about it is done. Nobody stays for it: a timer runs us. */
#include "lib/run/document.h"
#include "os/spawn.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define OUTPUT_SHOWN 2000

/* The check's process is a child of ours once the runtime has ended. */
static int run_command(const struct places *places, const struct run_state *state,
		       const struct words *command, uint64_t timeout_ms, int output, bool *ret_good,
		       struct error *error)
{
	static const char *const kept[] = { NULL };
	const char *file = place_of(places, "containers", state->name, "health.pid");
	const char *const words[] = { places->crun,
				      "--root",
				      place_of(places, "crun", NULL, NULL),
				      "--cgroup-manager=disabled",
				      "exec",
				      "--detach",
				      "--pid-file",
				      file,
				      state->name };
	struct words argv = { 0 };
	AUTO_CLOSE int process = -1;
	uint64_t started;
	pid_t pid;
	int r;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, places->arena, words[i]);
	for (size_t i = 0; i < command->count; i++)
		words_add(&argv, places->arena, command->at[i]);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	*ret_good = false;
	r = process_run(&argv, kept, output, error);
	if (r != 0)
		return r < 0 ? r : 0;
	r = process_number(file, &pid, error);
	if (r < 0)
		return r;
	process_adopt(pid);
	if (process_started(pid, &started) == 0 &&
	    process_open((uint64_t)pid, started, &process) == 0 &&
	    process_wait(process, (int64_t)timeout_ms) < 0) {
		dprintf(output, "no answer in %llu ms\n", (unsigned long long)timeout_ms);
		process_signal(process, SIGKILL);
	}
	*ret_good = process_reap(pid) == 0;
	return 0;
}

static int load_health(const struct places *places, const char *name, struct health_state *ret)
{
	const char *path = place_of(places, "containers", name, "health.json"), *text;
	size_t size;

	*ret = (struct health_state){ 0 };
	if (place_read(places, path, RUN_STATE_BYTES_MAX, &text, &size, NULL) < 0)
		return -ENOENT;
	return run_health_parse(text, size, ret, NULL);
}

static int save_health(const struct places *places, const char *name,
		       const struct health_state *state, struct error *error)
{
	struct json_writer writer = { 0 };
	int r;

	run_health_put(&writer, state);
	json_put(&writer, "\n", 2); /* and the terminator */
	r = writer.failed ? error_set(error, -ENOMEM, "out of memory")
			  : file_replace(place_of(places, "containers", name, "health.json"),
					 writer.text, error);
	free(writer.text);
	return r;
}

/* What it said, when it was not good. */
static void show(int output, const char *name, const struct health_state *state)
{
	char text[OUTPUT_SHOWN + 1];
	ssize_t length = pread(output, text, OUTPUT_SHOWN, 0);

	printf("%s: %s, %u failures: %.*s\n", name, health_status_name(state->status),
	       state->failures, (int)(length > 0 ? length : 0), text);
	fflush(stdout);
}

int health_once(const struct places *places, const struct run_state *state,
		struct health_state *ret, bool *ret_good, bool *ret_act, struct error *error)
{
	const struct health_check *check = &state->health;
	AUTO_CLOSE int output = memfd_create("health", MFD_CLOEXEC);
	struct health_state old;
	bool startup;
	int r;

	load_health(places, state->name, &old);
	startup = check->startup.count > 0 && !old.started;
	r = run_command(places, state, startup ? &check->startup : &check->command,
			startup ? check->startup_timeout_ms : check->timeout_ms, output, ret_good,
			error);
	if (r < 0)
		return r;
	*ret = health_next(check, old, *ret_good, process_now_ms() - state->started_ms, ret_act);
	if (!*ret_good || ret->status != old.status)
		show(output, state->name, ret);
	return save_health(places, state->name, ret, error);
}

/* Of the unit, by PID 1: the container is its process. */
static int ask_systemd(const struct places *places, const char *verb, const char *unit,
		       struct error *error)
{
	static const char *const kept[] = { NULL };
	char path[SPAWN_PATH_BYTES];
	const char *const words[] = { path, "--no-block", verb, unit };
	struct words argv = { 0 };
	int r = spawn_find("systemctl", path, error);

	if (!unit)
		return error_set(error, -EINVAL, "which unit is to %s? --unit=NAME.service", verb);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, places->arena, words[i]);
	if (r == 0)
		r = process_run(&argv, kept, -1, error);
	return r > 0 ? error_set(error, -EIO, "systemctl %s %s failed", verb, unit) : r;
}

static int act(const struct places *places, const struct run_state *state, int process,
	       const char *unit, struct error *error)
{
	switch (state->health.action) {
	case HEALTH_KILL:
		return process_signal(process, SIGKILL);
	case HEALTH_RESTART:
		return ask_systemd(places, "restart", unit, error);
	case HEALTH_STOP:
		return ask_systemd(places, "stop", unit, error);
	case HEALTH_NOTHING:
		break;
	}
	return 0;
}

int verb_health(const struct places *places, const char *name, const char *unit, int *ret_status,
		struct error *error)
{
	struct run_state state;
	struct health_state health;
	AUTO_CLOSE int process = -1;
	bool good = false, due = false;
	int r = state_open(places, "containers", name, &state, &process, error);

	if (r == 0 && state.health.command.count == 0)
		r = error_set(error, -ENOENT, "it has no health check");
	if (r == 0)
		r = health_once(places, &state, &health, &good, &due, error);
	if (r == 0 && due)
		r = act(places, &state, process, unit, error);
	*ret_status = good ? 0 : 1;
	return r < 0 ? error_wrap(error, "health of %s", name) : 0;
}
