// SPDX-License-Identifier: Apache-2.0
/* See process.h. */
#include "run/process.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/ioctl.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEEP_MAX 16
#define STAT_BYTES 4096

#define STAT_PARENT 4
#define STAT_STARTED 22

/* The second field is the program's name in parentheses, which may hold anything. */
static int read_stat(pid_t pid, int wanted, uint64_t *ret)
{
	AUTO_FREE char *text = NULL;
	char path[64];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(path, STAT_BYTES, &text, NULL) < 0)
		return -ESRCH;
	at = strrchr(text, ')');
	for (int field = 2; at && field < wanted; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -ESRCH;
	*ret = strtoull(at, NULL, 10);
	return 0;
}

int process_started(pid_t pid, uint64_t *ret)
{
	return read_stat(pid, STAT_STARTED, ret);
}

int process_adopt(pid_t pid)
{
	static const struct timespec a_moment = { .tv_nsec = 1000000 };
	uint64_t parent = 0;

	for (int tries = 0; tries < 2000; tries++) {
		if (read_stat(pid, STAT_PARENT, &parent) < 0 || parent == (uint64_t)getpid())
			return 0;
		nanosleep(&a_moment, NULL);
	}
	return -ETIMEDOUT;
}

/* Opened first, looked at then: what the number stands for cannot change while it is open. */
int process_open(uint64_t pid, uint64_t started, int *ret)
{
	AUTO_CLOSE int process = -1;
	uint64_t found;

	if (pid <= 1 || pid > INT32_MAX)
		return -ESRCH;
	process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (process < 0)
		return -ESRCH;
	if (process_started((pid_t)pid, &found) < 0 || found != started)
		return -ESRCH;
	*ret = process;
	process = -1;
	return 0;
}

int process_signal(int process, int signal)
{
	return syscall(SYS_pidfd_send_signal, process, signal, NULL, 0) < 0 ? -errno : 0;
}

uint64_t process_now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int process_catch(int *ret, sigset_t *ret_before, struct error *error)
{
	static const int caught[] = {
		SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH
	};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, ret_before);
	*ret = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret < 0 ? error_errno(error, "signalfd") : 0;
}

int process_wait(int process, int64_t timeout_ms)
{
	uint64_t end = process_now_ms() + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0);
	struct pollfd poll_fd = { .fd = process, .events = POLLIN };

	for (;;) {
		uint64_t now = process_now_ms();
		int64_t left = now < end ? (int64_t)(end - now) : 0;
		int r = poll(&poll_fd, 1,
			     timeout_ms < 0     ? -1
			     : left < INT32_MAX ? (int)left
						: INT32_MAX);

		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0 && timeout_ms >= 0 && process_now_ms() >= end)
			return -ETIMEDOUT;
	}
}

static void run_child(const struct words *argv, const char *const *keep, int output, pid_t parent)
{
	char *environment[KEEP_MAX + 2] = { (
		char *)(uintptr_t)"PATH=/usr/bin:/usr/sbin:/bin:/sbin" };
	const char **words = calloc(argv->count + 1, sizeof(*words));
	sigset_t none;
	size_t count = 1;

	for (; *keep && count <= KEEP_MAX; keep++) {
		const char *value = getenv(*keep);

		if (value && asprintf(&environment[count], "%s=%s", *keep, value) > 0)
			count++;
	}
	environment[count] = NULL;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (words && (output < 0 || (dup2(output, 1) >= 0 && dup2(output, 2) >= 0))) {
		memcpy(words, argv->at, argv->count * sizeof(*words));
		execve(words[0], (char *const *)(uintptr_t)words, environment);
	}
	dprintf(2, "keelson-run: execute %s: %s\n", argv->at[0], strerror(errno));
	_exit(127);
}

int process_start(const struct words *argv, const char *const *keep, int output, pid_t *ret,
		  struct error *error)
{
	pid_t parent = getpid();

	*ret = fork();
	if (*ret == 0)
		run_child(argv, keep, output, parent);
	return *ret < 0 ? error_errno(error, "fork") : 0;
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : PROCESS_SIGNALLED + WTERMSIG(status);
}

int process_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return status_of(status);
}

/* Of linux/pidfd.h; headers are older than the kernel. */
struct exit_info {
	uint64_t mask, cgroup;
	uint32_t numbers[11];
	int32_t status;
};
#define GET_INFO _IOWR(0xFF, 11, struct exit_info)
#define INFO_EXIT (UINT64_C(1) << 3)

int process_status(int process)
{
	struct exit_info info = { .mask = INFO_EXIT };

	if (device_ioctl(process, GET_INFO, &info) < 0 || !(info.mask & INFO_EXIT))
		return 0;
	return status_of(info.status);
}

int process_run(const struct words *argv, const char *const *keep, int output, struct error *error)
{
	pid_t pid;
	int r = process_start(argv, keep, output, &pid, error);

	return r < 0 ? r : process_reap(pid);
}

int process_number(const char *path, pid_t *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	uint64_t number;
	int r = file_read(path, 32, &text, error);

	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	if (text_to_number(text, INT32_MAX, &number) < 0 || number == 0)
		return error_set(error, -EBADMSG, "%s: no number of a process", path);
	*ret = (pid_t)number;
	return 0;
}
