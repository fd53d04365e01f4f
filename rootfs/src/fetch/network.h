// SPDX-License-Identifier: Apache-2.0
/* The network of the time before systemd, for what is fetched then. Once systemd runs, neither
 * function does anything. */
#pragma once
#include "lib/error.h"

/* Brings up what can be brought up, once; later calls return what the first one did. Waits for an
 * address, 60 s at most. -ENETUNREACH: no interface got one. Writes to no disk. */
int network_up(struct error *error);

/* Takes down what network_up brought up, so that the system's own network service starts from
 * nothing. */
void network_down(void);
