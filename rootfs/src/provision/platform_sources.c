// SPDX-License-Identifier: Apache-2.0
/* The order of the sources; see platform_sources.h. What the one who started this machine gives
 * stands before what lies in it or around it. */
#include "provision/platform_sources.h"
#include "lib/cmdline.h"
#include "lib/platform.h"
#include "lib/url.h"
#include "os/file.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct platform_environment platform_environment(void)
{
	return (struct platform_environment){ .sys = "/sys",
					      .proc = "/proc",
					      .dev = "/dev",
					      .run = "/run",
					      .device_wait_ms = 30000 };
}

int command_line_value(const struct platform_environment *environment, const char *key, char *ret,
		       size_t room, struct error *error)
{
	AUTO_FREE char *cmdline = NULL;
	char path[PATH_MAX];
	int r;

	ret[0] = '\0';
	snprintf(path, sizeof(path), "%s/cmdline", environment->proc);
	r = file_read(path, CMDLINE_WORD_BYTES, &cmdline, error);
	if (r < 0)
		return r;
	r = cmdline_value(cmdline, key, ret, room);
	return r < 0 && r != -ENOENT ? error_set(error, r, "%s= is too long", key) : 0;
}

int fetch_found(const char *url, struct fetcher *fetcher, struct found *found, struct error *error)
{
	struct ign_resource resource = { .source = { url, strlen(url) } };
	struct ign_ignition settings = { .timeouts.total_s = { FIRST_TOTAL_S, 1 } };
	int r = fetcher_configure(fetcher, &settings, error);

	if (r == 0)
		r = fetch_to_memory(fetcher, &resource, IGN_BYTES_MAX, &found->text, &found->size,
				    error);
	if (r == 0)
		url_shown(url, strlen(url), found->source);
	return r;
}

void read_dmi_field(const struct platform_environment *environment, const char *name, char *out,
		    size_t room)
{
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/class/dmi/id/%s", environment->sys, name);
	if (file_read(path, 4096, &text, NULL) == 0)
		snprintf(out, room, "%.*s", (int)strcspn(text, "\n"), text);
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
	static platform_source *const sources[] = { source_fw_cfg,    source_smbios,
						    source_cmdline,   source_netboot,
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
