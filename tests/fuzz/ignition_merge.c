// SPDX-License-Identifier: Apache-2.0
#include "lib/ignition/ignition.h"
#include <stdlib.h>
#include <string.h>

/* Two texts with a zero byte between: what they merge into can be read. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *parent_text = (const char *)bytes;
	const char *zero = size > 0 ? memchr(bytes, '\0', size) : NULL;
	struct ign_parsed parent = { 0 }, child = { 0 }, merged = { 0 }, read = { 0 };
	char *text = NULL;
	size_t length;

	if (zero && ign_parse(parent_text, (size_t)(zero - parent_text), false, &parent) == 0 &&
	    ign_parse(zero + 1, size - (size_t)(zero + 1 - parent_text), false, &child) == 0 &&
	    (ign_merge(&parent, &child, &merged) < 0 ||
	     ign_encode(&merged.config, &text, &length) < 0 ||
	     ign_parse(text, length, false, &read) < 0 || read.version != merged.version))
		__builtin_trap();
	if (text && (ign_check_merged(&merged) == 0) != (merged.report.errors == 0))
		__builtin_trap();
	free(text);
	ign_free(&read);
	ign_free(&merged);
	ign_free(&child);
	ign_free(&parent);
	return 0;
}
