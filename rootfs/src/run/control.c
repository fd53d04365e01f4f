// SPDX-License-Identifier: Apache-2.0
/* What is known of containers and pods that run, and what can be done to them: stop, kill, exec. */
#include "lib/run/amounts.h"
#include "lib/text.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KILLED_MS 10000 /* that SIGKILL may take */

static int load(const struct places *places, const char *kind, const char *name,
		struct run_state *ret, struct error *error)
{
	const char *path = place_of(places, kind, name, "state.json"), *text;
	size_t size;
	int r;

	if (!run_is_name(name))
		return error_set(error, -EINVAL, "%s is no name", name);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return error_set(error, -ENOENT,
				 "it is not running; \"keelson ps\" names those that are");
	r = place_read(places, path, RUN_STATE_BYTES_MAX, &text, &size, error);
	if (r == 0)
		r = run_state_parse(text, size, places->arena, ret, error);
	return r < 0 ? error_wrap(error, "%s", path) : 0;
}

int state_load(const struct places *places, const char *name, struct run_state *ret,
	       struct error *error)
{
	return load(places, "containers", name, ret, error);
}

/* Nothing of /run outlives a crash of the machine: whole or not at all is enough. */
int state_save(const struct places *places, const char *kind, const struct run_state *state,
	       struct error *error)
{
	struct json_writer writer = { 0 };
	int r;

	run_state_put(&writer, state);
	json_put(&writer, "\n", 2); /* and the terminator */
	r = writer.failed ? error_set(error, -ENOMEM, "out of memory")
			  : file_replace(place_of(places, kind, state->name, "state.json"),
					 writer.text, error);
	free(writer.text);
	return r;
}

int state_open(const struct places *places, const char *kind, const char *name,
	       struct run_state *ret, int *ret_process, struct error *error)
{
	int r = load(places, kind, name, ret, error);

	if (r == 0 && process_open(ret->pid, ret->pid_started, ret_process) < 0)
		r = error_set(error, -ESRCH, "its process has ended");
	return r;
}

static int end(int process, int signal, uint64_t timeout_ms, const char *name, struct error *error)
{
	if (process_signal(process, signal) < 0)
		return 0;
	if (process_wait(process, (int64_t)timeout_ms) == 0)
		return 0;
	fprintf(stderr, "keelson-run: %s did not end by signal %d in %" PRIu64 " ms: killed\n",
		name, signal, timeout_ms);
	process_signal(process, SIGKILL);
	if (process_wait(process, KILLED_MS) < 0)
		return error_set(error, -ETIMEDOUT, "it does not end, not even by SIGKILL");
	return 0;
}

int verb_stop(const struct places *places, const char *kind, const char *name, const char *timeout,
	      struct error *error)
{
	bool pod = strcmp(kind, "pod") == 0;
	struct run_state state;
	AUTO_CLOSE int process = -1;
	uint64_t timeout_ms;
	int r = state_open(places, pod ? "pods" : "containers", name, &state, &process, error);

	if (r == -ENOENT || r == -ESRCH)
		return 0;
	if (r == 0)
		timeout_ms = state.stop_timeout_ms;
	if (r == 0 && timeout && amount_duration(timeout, &timeout_ms) < 0)
		r = error_set(error, -EINVAL, "--time=%s is no number of seconds", timeout);
	if (r == 0)
		r = end(process, (int)state.stop_signal, timeout_ms, name, error);
	return r < 0 ? error_wrap(error, "stop %s %s", kind, name) : 0;
}

int verb_kill(const struct places *places, const char *name, const char *signal,
	      struct error *error)
{
	struct run_state state;
	AUTO_CLOSE int process = -1;
	int number, r = state_open(places, "containers", name, &state, &process, error);

	if (r == 0 && amount_signal(signal, &number) < 0)
		r = error_set(error, -EINVAL, "--signal=%s is no signal", signal);
	if (r == 0)
		r = process_signal(process, number);
	return r < 0 ? error_wrap(error, "kill %s", name) : 0;
}

int verb_exec(const struct places *places, const char *name, char *const args[], size_t count,
	      int *ret_status, struct error *error)
{
	static const char *const kept[] = { "TERM", NULL };
	struct run_state state;
	struct words argv = { 0 };
	AUTO_CLOSE int process = -1;
	int r = state_open(places, "containers", name, &state, &process, error);

	if (r < 0)
		return error_wrap(error, "exec %s", name);
	words_add(&argv, places->arena, places->crun);
	words_add(&argv, places->arena, "--root");
	words_add(&argv, places->arena, place_of(places, "crun", NULL, NULL));
	words_add(&argv, places->arena, "--cgroup-manager=disabled");
	words_add(&argv, places->arena, "exec");
	if (isatty(0) && isatty(1))
		words_add(&argv, places->arena, "--tty");
	words_add(&argv, places->arena, name);
	for (size_t i = 0; i < count; i++)
		words_add(&argv, places->arena, args[i]);
	r = process_run(&argv, kept, -1, error);
	*ret_status = r < 0 ? 0 : r;
	return r < 0 ? error_wrap(error, "exec %s", name) : 0;
}
