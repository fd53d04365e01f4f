// SPDX-License-Identifier: Apache-2.0
/* The options of the verb acquire. */
#pragma once
#include "provision/acquire.h"

struct acquire_options {
	const char *file; /* NULL: from the platform */
	struct platform_environment environment;
	unsigned wait_first_ms;
};

/* argv ends with NULL; the texts stay the caller's. Returns 0 or -EINVAL. */
int acquire_options_parse(char *argv[], struct acquire_options *ret);
