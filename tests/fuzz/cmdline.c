// SPDX-License-Identifier: Apache-2.0
#include "lib/cmdline.h"
#include <stdlib.h>
#include <string.h>

/* Quotes are taken off wherever they stand, within a key too. */
static void unquote(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != '"')
			*to++ = *text;
	*to = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 1);
	struct boot_options options;
	struct error error = { 0 };

	memcpy(text, bytes, size);
	int r = boot_options_parse(text, &options, &error);
	unquote(text);
	if (options.panic_s > 3600 || (r == 0) != (error.code == 0) ||
	    (r == 0 && (!strstr(text, "roothash=") || options.slot > SLOT_PXE)))
		__builtin_trap();
	free(text);
	return 0;
}
