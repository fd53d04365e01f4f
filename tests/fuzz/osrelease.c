// SPDX-License-Identifier: Apache-2.0
#include "lib/osrelease.h"
#include "lib/ready.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 1), line[READY_BYTES];
	struct ready ready = { .arch = "x86_64", .slot = "a" };

	memcpy(text, bytes, size);
	osrelease_value(text, "VERSION_ID", ready.version, sizeof(ready.version));
	ready_clean(ready.version);
	ready_line(&ready, line);
	if (strpbrk(ready.version, " \n\"\\") || strlen(line) + 1 >= READY_BYTES)
		__builtin_trap();
	free(text);
	return 0;
}
