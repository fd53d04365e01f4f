// SPDX-License-Identifier: Apache-2.0
/* What the reference's cases want of socat in an image, "socat -u STDIN unix-sendto:PATH": one line
 * of standard input becomes a datagram. Statically linked, for images made by registry.py. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	static const char prefix[] = "unix-sendto:";
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = argc == 4 ? argv[3] : "";
	char line[4096];
	ssize_t got = read(STDIN_FILENO, line, sizeof(line));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (strncmp(path, prefix, sizeof(prefix) - 1) != 0 ||
	    strlen(path += sizeof(prefix) - 1) >= sizeof(to.sun_path)) {
		fprintf(stderr, "usage: socat -u STDIN unix-sendto:PATH\n");
		return 2;
	}
	strcpy(to.sun_path, path);
	if (got < 0 || fd < 0 ||
	    sendto(fd, line, (size_t)got, 0, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		perror(path);
		return 1;
	}
	return 0;
}
