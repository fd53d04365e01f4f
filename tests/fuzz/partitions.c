// SPDX-License-Identifier: Apache-2.0
#include "lib/partitions.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 1);
	struct partition row;

	memcpy(text, bytes, size);
	if (partition_from_uevent(text, &row) == 0 &&
	    (strlen(row.device) >= sizeof(row.device) || strlen(row.label) >= sizeof(row.label) ||
	     row.device[0] == '\0'))
		__builtin_trap();
	free(text);
	return 0;
}
