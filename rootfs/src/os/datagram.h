// SPDX-License-Identifier: Apache-2.0
/* Messages to local sockets, with descriptors. */
#pragma once
#include "lib/error.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#define DATAGRAM_FDS_MAX 4

/* The address of a socket by its path, or by its abstract name, which begins with @. */
int datagram_address(const char *path, struct sockaddr_un *ret, socklen_t *ret_size,
		     struct error *error);

/* Sends text, and copies of count descriptors with it, by socket to path. */
int datagram_send(int socket, const char *path, const char *text, const int *fds, size_t count,
		  struct error *error);
