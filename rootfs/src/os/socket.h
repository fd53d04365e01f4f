// SPDX-License-Identifier: Apache-2.0
/* Local sockets: by their paths, and messages to them with descriptors. See unix(7). */
#pragma once
#include "lib/error.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define SOCKET_FDS_MAX 4
#define SOCKET_PATH_BYTES 64

/* The address of a socket by its path, or by its abstract name, which begins with @. */
int socket_address(const char *path, struct sockaddr_un *ret, socklen_t *ret_size,
		   struct error *error);

/* A path of folder/name that is short enough for an address, however long folder's is; good as long
 * as *ret_folder is open, which is the caller's. */
int socket_path(const char *folder, const char *name, int *ret_folder, char ret[SOCKET_PATH_BYTES],
		struct error *error);

/* Gives a new socket the path folder/name, with mode. A crash leaves the file, and who comes next
 * fails by it. */
int socket_bind(int socket, const char *folder, const char *name, mode_t mode, struct error *error);

/* Sends text, and copies of count descriptors with it, by socket to path. */
int socket_send(int socket, const char *path, const char *text, const int *fds, size_t count,
		struct error *error);
