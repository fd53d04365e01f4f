// SPDX-License-Identifier: Apache-2.0
/* Telling systemd (sd_notify(3)), and hearing what a container tells. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>

/* Sends lines to $NOTIFY_SOCKET and waits until they are read, some seconds at most: who ends right
 * after may be unknown to systemd by then. Without the variable nothing happens. */
int notify_send(const char *lines, struct error *error);

/* A socket at FOLDER/notify.sock that everyone may write to. */
int notify_listen(const char *folder, int *ret, struct error *error);

/* Reads a message; true if it says READY=1. */
bool notify_is_ready(int socket);
