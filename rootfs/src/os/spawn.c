// SPDX-License-Identifier: Apache-2.0
/* See spawn.h. */
#include "os/spawn.h"
#include "os/file.h"
#include "os/kmsg.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXEC_FAILED 127

/* What a child has for its standard files; -1 for input is /dev/null. */
struct ends {
	int input, output, errors;
};

static void run_child(const char *const argv[], const struct ends *ends)
{
	static const char *const environment[] = { "PATH=/usr/bin:/usr/sbin", "LC_ALL=C",
						   "TMPDIR=/run", NULL };
	int input = ends->input >= 0 ? ends->input : open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (input < 0 || dup2(input, 0) < 0 || dup2(ends->output, 1) < 0 ||
	    dup2(ends->errors, 2) < 0)
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

/* Runs it; output < 0: standard output is logged as standard error is. */
static int run(const char *const argv[], int max_status, int input, int output, struct error *error)
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
		run_child(argv, &(struct ends){ input, output >= 0 ? output : to_us, to_us });
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

int spawn(const char *const argv[], int max_status, struct error *error)
{
	return run(argv, max_status, -1, -1, error);
}

/* Files in memory instead of pipes: nobody has to read and write at the same time. */
static int memory_with(const char *bytes, size_t size, struct error *error)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(error, "memfd");
	if (file_write_at(fd, 0, bytes, size, error) < 0) {
		close(fd);
		return error ? error->code : -EIO;
	}
	return fd;
}

/* A file that cannot grow over one byte more than what is allowed. */
static int memory_for_output(struct error *error)
{
	int fd = memfd_create("output", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, SPAWN_OUTPUT_MAX + 1) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) == 0)
		return fd;
	error_errno(error, "memfd");
	close_fd(&fd);
	return -EIO;
}

/* The child's writes have moved the offset that it has in common with us. */
static int take_output(int fd, struct spawn_io *io, struct error *error)
{
	off_t size = lseek(fd, 0, SEEK_CUR);

	if (size < 0)
		return error_errno(error, "output");
	if (size > SPAWN_OUTPUT_MAX)
		return error_set(error, -EFBIG, "more output than %d bytes", SPAWN_OUTPUT_MAX);
	AUTO_FREE char *output = calloc(1, (size_t)size + 1);
	if (!output)
		return error_set(error, -ENOMEM, "out of memory");
	int r = file_read_at(fd, 0, output, (size_t)size, error);
	if (r < 0)
		return r;
	io->output = output;
	io->output_bytes = (size_t)size;
	output = NULL;
	return 0;
}

int spawn_io(const char *const argv[], int max_status, struct spawn_io *io, struct error *error)
{
	AUTO_CLOSE int input = -1;
	AUTO_CLOSE int output = memory_for_output(error);
	int status, r;

	if (output < 0)
		return output;
	if (io->input) {
		input = memory_with(io->input, io->input_bytes, error);
		if (input < 0)
			return input;
	}
	status = run(argv, max_status, input, output, error);
	if (status < 0)
		return status;
	r = take_output(output, io, error);
	return r < 0 ? error_wrap(error, "%s", argv[0]) : status;
}

int spawn_find(const char *name, char ret[SPAWN_PATH_BYTES], struct error *error)
{
	static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/sbin", "/bin" };
	char path[SPAWN_PATH_BYTES];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (snprintf(path, sizeof(path), "%s/%s", folders[i], name) < (int)sizeof(path) &&
		    access(path, X_OK) == 0) {
			memcpy(ret, path, sizeof(path));
			return 0;
		}
	return error_set(error, -ENOENT, "this system has no program %s", name);
}
