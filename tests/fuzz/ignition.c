// SPDX-License-Identifier: Apache-2.0
#include "lib/ignition/ignition.h"
#include <stdlib.h>
#include <string.h>

/* Any text gets a verdict; what is taken survives being written and read again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ign_parsed first = { 0 }, second = { 0 };
	char *text = NULL, *again = NULL;
	size_t length, again_length;

	if (ign_parse((const char *)bytes, size, true, &first) == 0) {
		if (ign_encode(&first.config, &text, &length) < 0 ||
		    ign_parse(text, length, true, &second) < 0 ||
		    ign_encode(&second.config, &again, &again_length) < 0 ||
		    length != again_length || memcmp(text, again, length) != 0)
			__builtin_trap();
	} else if (first.report.errors == 0) {
		__builtin_trap();
	}
	free(text);
	free(again);
	ign_free(&first);
	ign_free(&second);
	return 0;
}
