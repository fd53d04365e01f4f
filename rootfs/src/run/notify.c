// SPDX-License-Identifier: Apache-2.0
/* See notify.h. */
#include "run/notify.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BARRIER_MS 5000
#define MESSAGE_BYTES 4096

static int address(const char *path, struct sockaddr_un *ret, socklen_t *ret_size,
		   struct error *error)
{
	size_t length = strlen(path);

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (length < 2 || length >= sizeof(ret->sun_path) || (path[0] != '/' && path[0] != '@'))
		return error_set(error, -EINVAL, "NOTIFY_SOCKET=%s is no path of a socket", path);
	memcpy(ret->sun_path, path, length);
	if (path[0] == '@')
		ret->sun_path[0] = '\0';
	*ret_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] == '/'));
	return 0;
}

/* passed: a descriptor that goes along, or -1. */
static int send_to(int socket, const char *path, const char *text, int passed, struct error *error)
{
	struct sockaddr_un to;
	struct iovec bytes = { (void *)(uintptr_t)text, strlen(text) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_name = &to, .msg_iov = &bytes, .msg_iovlen = 1 };
	int r = address(path, &to, &message.msg_namelen, error);

	if (r < 0)
		return r;
	if (passed >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &passed, sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? error_errno(error, "notify %s", path)
							   : 0;
}

/* systemd closes what it got once all that came before is done with. */
static int wait_until_read(int socket, const char *path, struct error *error)
{
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, "pipe");
	AUTO_CLOSE int ours = ends[0];
	AUTO_CLOSE int theirs = ends[1];
	struct pollfd poll_fd = { .fd = ours };

	r = send_to(socket, path, "BARRIER=1", theirs, error);
	close_fd(&theirs);
	if (r == 0)
		poll(&poll_fd, 1, BARRIER_MS);
	return r;
}

int notify_send(const char *lines, struct error *error)
{
	const char *path = getenv("NOTIFY_SOCKET");
	AUTO_CLOSE int fd = -1;
	int r;

	if (!path || *path == '\0')
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(error, "socket");
	r = send_to(fd, path, lines, -1, error);
	return r < 0 ? r : wait_until_read(fd, path, error);
}

/* By the folder's descriptor: paths of sockets are short. */
int notify_listen(const char *folder, int *ret, struct error *error)
{
	struct sockaddr_un at;
	char path[64];
	socklen_t size;
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	AUTO_CLOSE int open_folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0 || open_folder < 0)
		return error_errno(error, "%s", folder);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/notify.sock", open_folder);
	r = address(path, &at, &size, error);
	if (r < 0)
		return r;
	if (bind(fd, (struct sockaddr *)&at, size) < 0 || chmod(path, 0666) < 0)
		return error_errno(error, "bind %s/notify.sock", folder);
	*ret = fd;
	fd = -1;
	return 0;
}

bool notify_is_ready(int socket)
{
	char text[MESSAGE_BYTES];
	ssize_t length = recv(socket, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (length <= 0)
		return false;
	text[length] = '\0';
	for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (strncmp(line, "READY=1", 7) == 0 && (line[7] == '\n' || line[7] == '\0'))
			return true;
	return false;
}
