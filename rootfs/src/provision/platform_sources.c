// SPDX-License-Identifier: Apache-2.0
/* The order of the sources; see platform_sources.h. What the one who started this machine gives
 * stands before what lies in it or around it. */
#include "provision/platform_sources.h"
#include "lib/platform.h"
#include <stdlib.h>

struct platform_environment platform_environment(void)
{
	return (struct platform_environment){ .sys = "/sys",
					      .proc = "/proc",
					      .dev = "/dev",
					      .run = "/run",
					      .device_wait_ms = 30000 };
}

void drop_if_no_config(struct found *found)
{
	const char *why = found->text ? platform_not_a_config(found->text, found->size) : NULL;

	if (!why)
		return;
	fprintf(found->report, "%s: %s; no config is taken from there\n", found->source, why);
	free(found->text);
	found->text = NULL;
}

int platform_find(const struct platform_environment *environment, struct fetcher *fetcher,
		  struct found *found, struct error *error)
{
	static platform_source *const sources[] = { source_fw_cfg, source_smbios, source_cmdline,
						    source_partition, source_cloud };
	int r = 0;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		r = sources[i](environment, fetcher, found, error);
		if (r < 0 || found->text)
			break;
	}
	if (r == 0)
		drop_if_no_config(found);
	return r;
}
