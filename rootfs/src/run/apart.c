// SPDX-License-Identifier: Apache-2.0
/* See apart.h. Must never let a container's exit status get lost: systemd cannot be told of a
 * process that has ended and was reaped already, so its status is ours then. */
#include "run/apart.h"
#include "os/file.h"
#include "os/notify.h"
#include "run/process.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct worker {
	pid_t pid;
	int connection, signals;
};

/* Sockets of the unit are passed on by who has that number, see announce_sockets. */
static void take_over_sockets(pid_t parent)
{
	const char *of = getenv("LISTEN_PID");
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)parent);
	if (!of || strcmp(of, number) != 0)
		return;
	snprintf(number, sizeof(number), "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
}

static void work(void (*start)(void *context, struct apart_result *ret), void *context,
		 int connection, pid_t parent, const sigset_t *signals)
{
	struct apart_result result = { 0 };
	char none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigprocmask(SIG_SETMASK, signals, NULL);
	take_over_sockets(parent);
	start(context, &result);
	fflush(NULL);
	/* Until it is read, the container's process is not reaped by anybody else. */
	if (send(connection, &result, sizeof(result), MSG_NOSIGNAL) == sizeof(result))
		recv(connection, &none, 1, 0);
	_exit(0);
}

static int begin(void (*start)(void *context, struct apart_result *ret), void *context,
		 struct worker *ret, struct error *error)
{
	pid_t parent = getpid();
	sigset_t before;
	int ends[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(error, "socket");
	ret->connection = ends[0];
	r = process_catch(&ret->signals, &before, error);
	if (r < 0) {
		close(ends[1]);
		return r;
	}
	fflush(NULL);
	ret->pid = fork();
	if (ret->pid == 0) {
		close(ends[0]);
		close(ret->signals);
		work(start, context, ends[1], parent, &before);
	}
	close(ends[1]);
	return ret->pid < 0 ? error_errno(error, "start a process") : 0;
}

/* Until it says what came of it. -ECHILD: it has ended without. */
static int wait_for(const struct worker *worker, struct apart_result *ret, struct error *error)
{
	struct pollfd fds[] = { { .fd = worker->connection, .events = POLLIN },
				{ .fd = worker->signals, .events = POLLIN } };
	struct signalfd_siginfo info;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return error_errno(error, "poll");
		while (read(worker->signals, &info, sizeof(info)) == sizeof(info))
			kill(worker->pid, (int)info.ssi_signo);
		if (!fds[0].revents)
			continue;
		return recv(worker->connection, ret, sizeof(*ret), 0) == sizeof(*ret) ? 0 : -ECHILD;
	}
}

/* The process is PID 1's child by now. */
static int tell(uint64_t pid, int process, int *ret_status, struct error *error)
{
	char lines[64];
	int r;

	snprintf(lines, sizeof(lines), "MAINPID=%llu\nREADY=1", (unsigned long long)pid);
	r = notify_send(pid ? lines : "READY=1", error);
	if (r == 0 && process >= 0 && process_wait(process, 0) == 0)
		*ret_status = process_status(process);
	return r;
}

int apart(void (*start)(void *context, struct apart_result *ret), void *context, int *ret_status,
	  struct error *error)
{
	struct worker worker = { .connection = -1, .signals = -1 };
	struct apart_result result = { 0 };
	AUTO_CLOSE int process = -1;
	int status, r = begin(start, context, &worker, error);

	if (r == 0) {
		r = wait_for(&worker, &result, error);
		if (r == 0 && result.ready && result.pid)
			process_open(result.pid, result.pid_started, &process);
		close_fd(&worker.connection);
		status = process_reap(worker.pid);
		*ret_status = r == -ECHILD ? status : result.status;
		if (r == -ECHILD)
			r = 0;
		else if (r == 0 && result.code < 0)
			r = error_set(error, result.code, "%s", result.error.text);
		else if (r == 0 && result.ready)
			r = tell(result.pid, process, ret_status, error);
	}
	close_fd(&worker.connection);
	close_fd(&worker.signals);
	return r;
}
