// SPDX-License-Identifier: Apache-2.0
/* The machine's watchdog, which restarts it when nobody pings it in time. */
#pragma once
#include "lib/error.h"

/* Starts /dev/watchdog0 and leaves it running: whoever opens it next takes over. -ENOENT: there is
 * none. Any other error may leave it running with a time of its own. */
int watchdog_arm(unsigned timeout_s, struct error *error);
