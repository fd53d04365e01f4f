// SPDX-License-Identifier: Apache-2.0
/*
 * A container that was started: its process is a child of ours until we end. Then it is PID 1's, in
 * the unit's own cgroup, and the unit's main process (apart.h). As long as we are there, signals
 * that we get are the container's, and its exit status is ours.
 */
#include "run/notify.h"
#include "run/process.h"
#include "run/start.h"
#include "run/verbs.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a wait ended by. */
enum event { ENDED, READABLE, LATE };

static void pass_signals(const struct start *start, int process)
{
	struct signalfd_siginfo info;

	while (read(start->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo == SIGWINCH)
			console_resize(&start->console);
		else
			process_signal(process, (int)info.ssi_signo);
}

/* Until the process has ended, fd (or -1) can be read, or the time is over (-1: none). */
static int wait_for(struct start *start, int process, int fd, int64_t timeout_ms, enum event *ret,
		    struct error *error)
{
	uint64_t end = process_now_ms() + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);

	for (;;) {
		struct pollfd fds[5 + CONSOLE_FDS] = {
			{ .fd = process, .events = POLLIN },
			{ .fd = start->signals, .events = POLLIN },
			{ .fd = fd, .events = POLLIN },
			{ .fd = start->outputs[0].pipe, .events = POLLIN },
			{ .fd = start->outputs[1].pipe, .events = POLLIN }
		};
		uint64_t now = process_now_ms(), left = now < end ? end - now : 0;

		console_wait_for(&start->console, fds + 5);
		if (poll(fds, 5 + CONSOLE_FDS,
			 timeout_ms < 0     ? -1
			 : left < INT32_MAX ? (int)left
					    : INT32_MAX) < 0 &&
		    errno != EINTR)
			return error_errno(error, "poll");
		pass_signals(start, process);
		start_move_output(start);
		console_move(&start->console, fds + 5);
		*ret = fds[2].revents ? READABLE : fds[0].revents ? ENDED : LATE;
		if (*ret != LATE || (timeout_ms >= 0 && process_now_ms() >= end))
			return 0;
	}
}

/* The container says when it is ready; we are not there any more to pass on what it says later. */
static int until_said(struct start *start, int process, struct error *error)
{
	enum event event = READABLE;
	int r = 0;

	while (r == 0 && event == READABLE) {
		r = wait_for(start, process, start->notify, -1, &event, error);
		if (r == 0 && event == READABLE && notify_is_ready(start->notify))
			return 0;
	}
	return r < 0 ? r : -ESRCH;
}

static uint64_t interval_of(const struct health_check *check, const struct health_state *state)
{
	return check->startup.count > 0 && !state->started ? check->startup_interval_ms
							   : check->interval_ms;
}

static int until_healthy(struct start *start, int process, struct error *error)
{
	const struct health_check *check = &start->state.health;
	struct health_state health = { 0 };
	enum event event = LATE;
	int r = 0;

	while (r == 0 && event == LATE) {
		bool good = false, due = false;

		r = health_once(start->places, &start->state, &health, &good, &due, error);
		if (r == 0 && health.status == HEALTH_HEALTHY)
			return 0;
		if (due && check->action != HEALTH_NOTHING)
			process_signal(process, SIGKILL);
		if (r == 0)
			r = wait_for(start, process, -1, (int64_t)interval_of(check, &health),
				     &event, error);
	}
	return r < 0 ? r : -ESRCH;
}

/* One that has ended already was started all the same: its exit status is ours then. */
static int let_go(struct start *start, int process, int *ret_status, struct error *error)
{
	start->ready = true;
	start->ended = process_wait(process, 0) == 0;
	if (start->ended)
		*ret_status = process_reap((pid_t)start->state.pid);
	pass_signals(start, process);
	return start->ended ? 0 : start_pass_output(start, error);
}

static int until_ready(struct start *start, int process, const char *mode, struct error *error)
{
	if (strcmp(mode, "container") == 0)
		return until_said(start, process, error);
	return strcmp(mode, "healthy") == 0 ? until_healthy(start, process, error) : 0;
}

int start_follow(struct start *start, int *ret_status, struct error *error)
{
	const char *mode = start->options->sdnotify;
	AUTO_CLOSE int process = -1;
	enum event event;
	int r = process_open(start->state.pid, start->state.pid_started, &process);

	if (r < 0)
		return error_set(error, r, "process %llu is gone",
				 (unsigned long long)start->state.pid);
	r = mode ? until_ready(start, process, mode, error)
		 : wait_for(start, process, -1, -1, &event, error);
	if (r == 0 && mode)
		return let_go(start, process, ret_status, error);
	if (r == 0 || r == -ESRCH) {
		*ret_status = process_reap((pid_t)start->state.pid);
		r = 0;
	}
	return r;
}
