// SPDX-License-Identifier: Apache-2.0
/* See notify.h. */
#include "run/notify.h"
#include "os/datagram.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGE_BYTES 4096

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
	r = datagram_address(path, &at, &size, error);
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
