// SPDX-License-Identifier: Apache-2.0
/* See datagram.h. */
#include "os/datagram.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>

int datagram_address(const char *path, struct sockaddr_un *ret, socklen_t *ret_size,
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

int datagram_send(int socket, const char *path, const char *text, const int *fds, size_t count,
		  struct error *error)
{
	struct sockaddr_un to;
	struct iovec bytes = { (void *)(uintptr_t)text, strlen(text) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(DATAGRAM_FDS_MAX * sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_name = &to, .msg_iov = &bytes, .msg_iovlen = 1 };
	int r = datagram_address(path, &to, &message.msg_namelen, error);

	if (r < 0)
		return r;
	if (count > 0 && count <= DATAGRAM_FDS_MAX) {
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
