// SPDX-License-Identifier: Apache-2.0
/* What containers write into pipes goes to their streams to the journal. */
#pragma once
#include "lib/error.h"

/* Takes what systemd passed (LISTEN_FDS): the socket that outputs come in by, and those of an
 * earlier run. Returns only on an error. */
int relay(struct error *error);
