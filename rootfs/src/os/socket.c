// SPDX-License-Identifier: Apache-2.0
/* See socket.h. */
#include "os/socket.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int socket_address(const char *path, struct sockaddr_un *ret, socklen_t *ret_size,
		   struct error *error)
{
	size_t length = strlen(path);

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (length < 2 || length >= sizeof(ret->sun_path) || (path[0] != '/' && path[0] != '@'))
		return error_set(error, -EINVAL, "%s is no path of a socket", path);
	memcpy(ret->sun_path, path, length);
	if (path[0] == '@')
		ret->sun_path[0] = '\0';
	*ret_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] == '/'));
	return 0;
}

int socket_path(const char *folder, const char *name, int *ret_folder, char ret[SOCKET_PATH_BYTES],
		struct error *error)
{
	*ret_folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_folder < 0)
		return error_errno(error, "%s", folder);
	snprintf(ret, SOCKET_PATH_BYTES, "/proc/self/fd/%d/%s", *ret_folder, name);
	return 0;
}

int socket_bind(int socket, const char *folder, const char *name, mode_t mode, struct error *error)
{
	AUTO_CLOSE int open_folder = -1;
	char path[SOCKET_PATH_BYTES];
	struct sockaddr_un at;
	socklen_t size;
	int r = socket_path(folder, name, &open_folder, path, error);

	if (r == 0)
		r = socket_address(path, &at, &size, error);
	if (r < 0)
		return r;
	if (bind(socket, (struct sockaddr *)&at, size) < 0 || chmod(path, mode) < 0)
		return error_errno(error, "bind %s/%s", folder, name);
	return 0;
}

int socket_send(int socket, const char *path, const char *text, const int *fds, size_t count,
		struct error *error)
{
	struct sockaddr_un to;
	struct iovec bytes = { (void *)(uintptr_t)text, strlen(text) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(SOCKET_FDS_MAX * sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_name = &to, .msg_iov = &bytes, .msg_iovlen = 1 };
	int r = socket_address(path, &to, &message.msg_namelen, error);

	if (r < 0)
		return r;
	if (count > 0 && count <= SOCKET_FDS_MAX) {
		message.msg_control = &control;
		message.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? error_errno(error, "send to %s", path)
							   : 0;
}
