// SPDX-License-Identifier: Apache-2.0
/* See notify.h. */
#include "run/notify.h"
#include "os/file.h"
#include "os/socket.h"
#include <string.h>

#define MESSAGE_BYTES 4096

int notify_listen(const char *folder, int *ret, struct error *error)
{
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return error_errno(error, "socket");
	r = socket_bind(fd, folder, "notify.sock", 0666, error);
	if (r < 0)
		return r;
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
