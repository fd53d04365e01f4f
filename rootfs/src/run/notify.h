// SPDX-License-Identifier: Apache-2.0
/* Hearing what a container tells. What we tell systemd is os/notify.h. */
#pragma once
#include "lib/error.h"
#include <stdbool.h>

/* A socket at FOLDER/notify.sock that everyone may write to. */
int notify_listen(const char *folder, int *ret, struct error *error);

/* Reads a message; true if it says READY=1. */
bool notify_is_ready(int socket);
