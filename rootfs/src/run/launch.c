// SPDX-License-Identifier: Apache-2.0
/* The runtime makes the process of a container, of a config.json that says all that is known. */
#include "lib/run/amounts.h"
#include "lib/run/apparmor.h"
#include "run/process.h"
#include "run/start.h"
#include "run/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STOP_TIMEOUT_MS 10000 /* podman's */
#define FILTER_BYTES_MAX (1 << 20)

static int read_filter(struct start *start, struct error *error)
{
	size_t size;

	if (start->plan.filter != RUN_FILTER_FILE)
		return 0;
	return place_read(start->places, start->plan.filter_path, FILTER_BYTES_MAX,
			  &start->plan.filter_text, &size, error);
}

static int check_profile(struct start *start, struct error *error)
{
	const char *profiles;
	size_t size;
	int r;

	if (!start->plan.apparmor)
		return 0;
	r = place_read(start->places, APPARMOR_PROFILES, APPARMOR_PROFILES_BYTES_MAX, &profiles,
		       &size, error);
	if (r < 0)
		return error_wrap(error, "AppArmor is not on");
	return apparmor_check(profiles, start->plan.apparmor, error);
}

static int write_config(struct start *start, struct error *error)
{
	struct json_writer writer = { 0 };
	const char *path = place_of(start->places, "containers", start->name, "config.json");
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = read_filter(start, error);

	if (r == 0)
		r = check_profile(start, error);
	if (r == 0)
		r = run_config(&start->plan, &writer, error);
	if (r == 0 && (fd < 0 || file_append(fd, writer.text, writer.used) < 0))
		r = error_errno(error, "write %s", path);
	free(writer.text);
	return r;
}

static int run_runtime(struct start *start, struct error *error)
{
	static const char *const kept[] = { "LISTEN_FDS", NULL };
	const struct places *places = start->places;
	const char *const words[] = {
		places->crun,
		"--root",
		place_of(places, "crun", NULL, NULL),
		"--cgroup-manager=disabled",
		"run",
		"--detach",
		"--pid-file",
		place_of(places, "containers", start->name, "pid"),
		"--bundle",
		start->folder,
	};
	struct words argv = { 0 };
	int r = place_make(place_of(places, "crun", NULL, NULL), false, error);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, places->arena, words[i]);
	if (start->plan.terminal) {
		words_add(&argv, places->arena, "--console-socket");
		words_add(&argv, places->arena,
			  place_of(places, "containers", start->name, CONSOLE_SOCKET));
	}
	words_add(&argv, places->arena, start->name);
	fcntl(start->lock, F_SETFD,
	      0); /* the runtime has it too, until it or what it made is one */
	if (r == 0)
		r = process_run(&argv, kept, -1, error);
	fcntl(start->lock, F_SETFD, FD_CLOEXEC);
	return r > 0 ? error_set(error, -EIO, "%s did not start it (see above)", places->crun) : r;
}

static int set_stop(struct start *start, struct error *error)
{
	const struct run_options *options = start->options;
	const char *signal = options->stop_signal ? options->stop_signal : start->image.stop_signal;
	int number = SIGTERM;

	start->state.stop_timeout_ms = STOP_TIMEOUT_MS;
	if (options->stop_timeout &&
	    amount_duration(options->stop_timeout, &start->state.stop_timeout_ms) < 0)
		return error_set(error, -EINVAL, "--stop-timeout=%s is no number of seconds",
				 options->stop_timeout);
	if (signal && amount_signal(signal, &number) < 0)
		return error_set(error, -EINVAL, "%s is no signal to stop with", signal);
	start->state.stop_signal = (unsigned)number;
	return 0;
}

/* A zombie still has its number and start: nobody but us can reap it. */
static int find_process(struct start *start, struct error *error)
{
	struct run_state *state = &start->state;
	pid_t pid;
	int r = process_number(place_of(start->places, "containers", start->name, "pid"), &pid,
			       error);

	if (r < 0)
		return r;
	state->pid = (uint64_t)pid;
	if (process_adopt(pid) < 0 || process_started(pid, &state->pid_started) < 0)
		return error_set(error, -ESRCH, "process %d is gone, or not ours", (int)pid);
	return 0;
}

int start_launch(struct start *start, struct error *error)
{
	struct run_state *state = &start->state;
	int r = set_stop(start, error);

	state->name = start->name;
	state->image = start->options->operand;
	state->manifest = start->hold.manifest;
	state->pod = start->options->pod;
	state->labels = start->options->labels;
	if (r == 0)
		r = write_config(start, error);
	if (r == 0)
		r = process_catch(&start->signals, NULL, error);
	if (r == 0)
		r = start_output(start, error);
	if (r == 0 && start->plan.terminal)
		r = console_listen(start->folder, &start->console, error);
	if (r == 0)
		r = run_runtime(start, error);
	if (r == 0)
		r = find_process(start, error);
	if (r == 0 && start->plan.terminal)
		r = console_take(&start->console, error);
	state->started_ms = process_now_ms();
	return r < 0 ? r : state_save(start->places, "containers", state, error);
}
