// SPDX-License-Identifier: Apache-2.0
/* What the console says of a machine that nobody can use yet. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Nothing configures it: the first boot found no config, and root has no key. */
bool unconfigured(void);

/* Lines that say what it waits for, and under which addresses it is; each begins with \r\n. */
void unconfigured_text(char *ret, size_t room);
