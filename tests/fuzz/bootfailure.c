// SPDX-License-Identifier: Apache-2.0
#include "lib/bootfailure.h"
#include <stdlib.h>
#include <string.h>

/* What is read can be written, and read again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 1), written[BOOT_FAILURES_BYTES], again[BOOT_FAILURES_BYTES];
	struct boot_failure failures[SLOTS];

	memcpy(text, bytes, size);
	if (boot_failures_parse(text, failures) == 0) {
		boot_failures_format(failures, written);
		if (boot_failures_parse(written, failures) < 0)
			__builtin_trap();
		boot_failures_format(failures, again);
		if (strcmp(written, again) != 0)
			__builtin_trap();
	}
	free(text);
	return 0;
}
