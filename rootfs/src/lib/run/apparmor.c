// SPDX-License-Identifier: Apache-2.0
/* See apparmor.h. */
#include "lib/run/apparmor.h"
#include <errno.h>
#include <string.h>

int apparmor_check(const char *profiles, const char *name, struct error *error)
{
	size_t length = strlen(name);

	for (const char *line = profiles; *line != '\0'; line += *line == '\n') {
		if (strncmp(line, name, length) == 0 && strncmp(line + length, " (", 2) == 0)
			return 0;
		line += strcspn(line, "\n");
	}
	return error_set(error, -ENOENT,
			 "the AppArmor profile %s is not loaded; load it first, or see what is: "
			 "cat " APPARMOR_PROFILES,
			 name);
}
