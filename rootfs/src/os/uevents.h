// SPDX-License-Identifier: Apache-2.0
/* Waiting for devices: the kernel's uevents are taken as a hint that something changed, their
 * contents are not read. */
#pragma once

/* Returns a descriptor, or -1 where there is none to be had: waiting is then polling. */
int uevents_open(void);

/* Sleeps until something happened or the time is over, and forgets what has come. */
void uevents_wait(int fd, unsigned timeout_ms);
