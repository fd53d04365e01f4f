// SPDX-License-Identifier: Apache-2.0
/* What is mounted, out of the text of /proc/self/mountinfo (Linux,
 * Documentation/filesystems/proc.rst, section 3.5). */
#pragma once
#include <stdbool.h>

/* Is some file system mounted that lies on the block device MAJOR:MINOR? */
bool mounts_have(const char *mountinfo, unsigned major, unsigned minor);
