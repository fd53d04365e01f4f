// SPDX-License-Identifier: Apache-2.0
/* A network or member that is read is written and read again as the same. */
#include "lib/net/model.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct net_config network;
	struct net_record record;
	char *once = NULL, *twice = NULL;

	if (net_decode_network((const char *)bytes, size, &arena, &network, NULL) == 0) {
		once = net_encode_network(&network);
		if (net_decode_network(once, strlen(once), &arena, &network, NULL) < 0)
			__builtin_trap();
		twice = net_encode_network(&network);
	} else if (net_decode_record((const char *)bytes, size, &arena, &record, NULL) == 0) {
		once = net_encode_record(&record);
		if (net_decode_record(once, strlen(once), &arena, &record, NULL) < 0)
			__builtin_trap();
		twice = net_encode_record(&record);
	}
	if (once && strcmp(once, twice) != 0)
		__builtin_trap();
	free(once);
	free(twice);
	arena_free(&arena);
	return 0;
}
