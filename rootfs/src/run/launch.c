// SPDX-License-Identifier: Apache-2.0
/* The runtime makes the process, which is ours until we end: then it is PID 1's, in the unit's own
 * cgroup, and the unit's main process. */
#include "lib/run/amounts.h"
#include "run/notify.h"
#include "run/process.h"
#include "run/start.h"
#include "run/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
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

static int write_config(struct start *start, struct error *error)
{
	struct json_writer writer = { 0 };
	const char *path = place_of(start->places, "containers", start->name, "config.json");
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = read_filter(start, error);

	if (r == 0)
		r = run_config(&start->plan, &writer, error);
	if (r == 0 && (fd < 0 || file_append(fd, writer.text, writer.used) < 0))
		r = error_errno(error, "write %s", path);
	free(writer.text);
	return r;
}

static sigset_t passed_on(void)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	return set;
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
		start->name,
	};
	struct words argv = { 0 };
	int r = place_make(place_of(places, "crun", NULL, NULL), false, error);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words_add(&argv, places->arena, words[i]);
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
	sigset_t set = passed_on();
	int r = set_stop(start, error);

	state->name = start->name;
	state->image = start->options->operand;
	state->pod = start->options->pod;
	state->labels = start->options->labels;
	if (r == 0)
		r = write_config(start, error);
	if (!start->options->sdnotify)
		sigprocmask(SIG_BLOCK, &set, NULL); /* from here on they are the container's */
	if (r == 0)
		r = run_runtime(start, error);
	if (r == 0)
		r = find_process(start, error);
	state->started_ms = process_now_ms();
	return r < 0 ? r : state_save(start->places, "containers", state, error);
}

/* What it had for an exit status, if it has ended: -EAGAIN if not. */
static int ended(const struct start *start)
{
	pid_t pid = (pid_t)start->state.pid;
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return 0;
	return info.si_pid == pid ? process_reap(pid) : -EAGAIN;
}

/* Signals that we get are the container's. */
static void pass_signal(int signals, int process)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) == sizeof(info))
		process_signal(process, (int)info.ssi_signo);
}

static int stay(struct start *start, int process, int *ret_status, struct error *error)
{
	sigset_t set = passed_on();
	AUTO_CLOSE int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	struct pollfd fds[] = { { .fd = process, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };

	if (signals < 0)
		return error_errno(error, "signalfd");
	while (!fds[0].revents) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return error_errno(error, "poll");
		if (fds[1].revents)
			pass_signal(signals, process);
	}
	*ret_status = process_reap((pid_t)start->state.pid);
	return 0;
}

/* The container says when it is ready; we are not there any more to pass on what it says later. */
static int wait_for_word(const struct start *start, int process, struct error *error)
{
	struct pollfd fds[] = { { .fd = process, .events = POLLIN },
				{ .fd = start->notify, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return error_errno(error, "poll");
		if (fds[1].revents && notify_is_ready(start->notify))
			return 0;
		if (fds[0].revents)
			return -ESRCH;
	}
}

static int wait_for_health(const struct start *start, int process, struct error *error)
{
	const struct health_check *check = &start->state.health;

	for (;;) {
		struct health_state health;
		bool good, act;
		int r = health_once(start->places, &start->state, &health, &good, &act, error);

		if (r == 0 && health.status == HEALTH_HEALTHY)
			return 0;
		if (r < 0 && r != -ESRCH)
			return r;
		if (act && check->action != HEALTH_NOTHING)
			process_signal(process, SIGKILL);
		if (process_wait(process, (int64_t)(health.started || check->startup.count == 0
							    ? check->interval_ms
							    : check->startup_interval_ms)) == 0)
			return -ESRCH;
	}
}

/* One that has ended already was started all the same: its exit status is ours then. */
static int tell(const struct start *start, int *ret_status, struct error *error)
{
	int status = ended(start);
	char lines[64];

	if (status == -EAGAIN)
		snprintf(lines, sizeof(lines), "MAINPID=%llu\nREADY=1",
			 (unsigned long long)start->state.pid);
	else
		strcpy(lines, "READY=1");
	*ret_status = status > 0 ? status : 0;
	return notify_send(lines, error);
}

/* Before it was ready: as if it had been ours. */
static int give_up(const struct start *start, int *ret_status)
{
	*ret_status = process_reap((pid_t)start->state.pid);
	return 0;
}

int start_follow(struct start *start, int *ret_status, struct error *error)
{
	const char *mode = start->options->sdnotify;
	AUTO_CLOSE int process = -1;
	int r = process_open(start->state.pid, start->state.pid_started, &process);

	if (r < 0)
		return error_set(error, r, "process %llu is gone",
				 (unsigned long long)start->state.pid);
	if (!mode)
		return stay(start, process, ret_status, error);
	if (strcmp(mode, "container") == 0)
		r = wait_for_word(start, process, error);
	else if (strcmp(mode, "healthy") == 0)
		r = wait_for_health(start, process, error);
	if (r == -ESRCH)
		return give_up(start, ret_status);
	return r < 0 ? r : tell(start, ret_status, error);
}
