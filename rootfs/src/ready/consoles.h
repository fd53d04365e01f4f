// SPDX-License-Identifier: Apache-2.0
/* The machine's consoles: those the kernel writes to, and the local screen. */
#pragma once

/* Writes the text to each of them; one that does not take it within a second is given up. Returns
 * how many took it. */
unsigned consoles_write(const char *text);
