// SPDX-License-Identifier: Apache-2.0
/* See mounts.h. */
#include "lib/mounts.h"
#include <stdio.h>
#include <string.h>

bool mounts_have(const char *mountinfo, unsigned major, unsigned minor)
{
	char wanted[32];
	size_t length;

	snprintf(wanted, sizeof(wanted), "%u:%u ", major, minor);
	length = strlen(wanted);
	while (*mountinfo != '\0') {
		const char *end = mountinfo + strcspn(mountinfo, "\n");
		const char *at = mountinfo;

		/* The third field: behind the mount's number and its parent's. */
		for (int field = 0; field < 2 && at < end; field++) {
			at += strcspn(at, " \n");
			at += *at == ' ';
		}
		if (at < end && strncmp(at, wanted, length) == 0)
			return true;
		mountinfo = end + (*end == '\n');
	}
	return false;
}
