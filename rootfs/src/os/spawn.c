// SPDX-License-Identifier: Apache-2.0
/* See spawn.h. */
#include "os/spawn.h"
#include "os/file.h"
#include "os/kmsg.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXEC_FAILED 127

static void run_child(const char *const argv[], int output)
{
	static const char *const environment[] = { "PATH=/usr/bin:/usr/sbin", "LC_ALL=C",
						   "TMPDIR=/run", NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(EXEC_FAILED);
	execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
	dprintf(2, "execute %s: %s\n", argv[0], strerror(errno));
	_exit(EXEC_FAILED);
}

/* Passes each line on and keeps the last one that says something and continues no other. */
static void log_output(const char *program, int fd, char *last, size_t room)
{
	AUTO_CLOSE int own = dup(fd);
	char line[512];
	FILE *stream = own < 0 ? NULL : fdopen(own, "r");

	last[0] = '\0';
	if (!stream)
		return;
	own = -1;
	while (fgets(line, sizeof(line), stream)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '\0')
			continue;
		kmsg_print(KMSG_INFO, "%s: %s", program, line);
		if (line[0] != ' ' && line[0] != '\t')
			snprintf(last, room, "%s", line);
	}
	fclose(stream);
}

static int wait_for(pid_t pid, int *ret)
{
	while (waitpid(pid, ret, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

int spawn(const char *const argv[], int max_status, struct error *error)
{
	int ends[2], status;
	char last[256];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, "%s: pipe", argv[0]);
	AUTO_CLOSE int from_child = ends[0];
	AUTO_CLOSE int to_us = ends[1];
	pid = fork();
	if (pid < 0)
		return error_errno(error, "%s: fork", argv[0]);
	if (pid == 0)
		run_child(argv, to_us);
	close_fd(&to_us);
	log_output(argv[0], from_child, last, sizeof(last));
	if (wait_for(pid, &status) < 0)
		return error_errno(error, "%s: wait", argv[0]);
	if (!WIFEXITED(status))
		return error_set(error, -ECHILD, "%s: killed by signal %d", argv[0],
				 WTERMSIG(status));
	if (WEXITSTATUS(status) > max_status)
		return error_set(error, -EPROTO, "%s: exit status %d: %s", argv[0],
				 WEXITSTATUS(status), last);
	return WEXITSTATUS(status);
}
