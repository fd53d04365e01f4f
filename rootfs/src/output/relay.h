// SPDX-License-Identifier: Apache-2.0
/* Pipes to streams. */
#pragma once
#include "lib/error.h"

/* Takes what systemd passed (LISTEN_FDS): the socket that pairs come in by, and the pairs of an
 * earlier run. Returns only on an error. */
int relay(struct error *error);
