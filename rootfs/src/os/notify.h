// SPDX-License-Identifier: Apache-2.0
/* Telling systemd (sd_notify(3)) by the socket that $NOTIFY_SOCKET names. Without the variable
 * nothing happens. */
#pragma once
#include "lib/error.h"
#include <stddef.h>

/* Sends lines, and copies of count descriptors with them. */
int notify_tell(const char *lines, const int *fds, size_t count, struct error *error);

/* Sends lines and waits until they are read, some seconds at most: who ends right after may be
 * unknown to systemd by then. */
int notify_send(const char *lines, struct error *error);
