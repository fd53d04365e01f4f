// SPDX-License-Identifier: Apache-2.0
/* See argv.h. */
#include "lib/argv.h"

void argv_add(struct argv *argv, const char *text)
{
	if (argv->count == ARGV_MAX)
		argv->overflowed = true;
	else
		argv->at[argv->count++] = text;
}

void argv_add_option(struct argv *argv, const char *option, const char *value)
{
	if (!value)
		return;
	argv_add(argv, option);
	argv_add(argv, value);
}
