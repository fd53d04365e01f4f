// SPDX-License-Identifier: Apache-2.0
#include "lib/health.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Settings are within their limits, or as they were. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct health_config config, before;
	char *text = calloc(1, size + 1);
	struct error error = { 0 };

	memcpy(text, bytes, size);
	memset(&config, 0, sizeof(config));
	int r = health_config_parse(text, &config, &error);
	if ((r == 0) != (error.code == 0) || (r < 0 && memcmp(&config, &before, sizeof(config))) ||
	    config.unit_count > HEALTH_UNITS_MAX || config.network > NETWORK_IGNORED)
		__builtin_trap();
	for (size_t i = 0; i < config.unit_count; i++)
		if (config.units[i][0] == '\0')
			__builtin_trap();
	if (health_link(text, config.network) >= LINK_KINDS || (health_is_check(text) && size < 8))
		__builtin_trap();
	free(text);
	return 0;
}
