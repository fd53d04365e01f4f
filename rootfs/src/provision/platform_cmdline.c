// SPDX-License-Identifier: Apache-2.0
/* A config that the kernel command line names: ignition.config.url=, or ignition.config.device=
 * (the label of a file system) with ignition.config.path=. Must never go on without what was named.
 */
#include "lib/cmdline.h"
#include "lib/url.h"
#include "os/file.h"
#include "provision/platform_sources.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Two minutes for all tries: there is no config yet that could say so. */
#define TOTAL_S 120

static int read_cmdline(const struct platform_environment *environment, char **ret,
			struct error *error)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/cmdline", environment->proc);
	return file_read(path, CMDLINE_WORD_BYTES, ret, error);
}

/* An empty value is as none. */
static int value_of(const char *cmdline, const char *key, char *ret, size_t room,
		    struct error *error)
{
	int r = cmdline_value(cmdline, key, ret, room);

	if (r == -ENOENT)
		ret[0] = '\0';
	else if (r < 0)
		return error_set(error, r, "%s= is too long", key);
	return 0;
}

static int fetch_url(const char *url, struct fetcher *fetcher, struct found *found,
		     struct error *error)
{
	struct ign_resource resource = { .source = { url, strlen(url) } };
	struct ign_ignition settings = { .timeouts.total_s = { TOTAL_S, 1 } };
	int r = fetcher_configure(fetcher, &settings, error);

	if (r == 0)
		r = fetch_to_memory(fetcher, &resource, IGN_BYTES_MAX, &found->text, &found->size,
				    error);
	if (r < 0)
		return error_wrap(error, "ignition.config.url");
	url_shown(url, strlen(url), found->source);
	return 0;
}

static int read_device(const struct platform_environment *environment, const char *label,
		       const char *path, struct found *found, struct error *error)
{
	struct labelled wanted = { .label = label,
				   .path = path,
				   .wait_ms = environment->device_wait_ms };
	int r;

	if (label[0] == '\0' || path[0] == '\0')
		return error_set(
			error, -EINVAL,
			"ignition.config.device= and ignition.config.path= are needed both");
	r = read_labelled(environment, &wanted, found, error);
	if (r == 0 && !found->text)
		return error_set(error, -ENOENT,
				 "ignition.config.device=: no file system %.64s with a file %.128s",
				 label, path);
	return r;
}

int source_cmdline(const struct platform_environment *environment, struct fetcher *fetcher,
		   struct found *found, struct error *error)
{
	char url[CMDLINE_WORD_BYTES], label[CMDLINE_VALUE_BYTES], path[CMDLINE_VALUE_BYTES];
	AUTO_FREE char *cmdline = NULL;
	int r = read_cmdline(environment, &cmdline, error);

	if (r == 0)
		r = value_of(cmdline, "ignition.config.url", url, sizeof(url), error);
	if (r == 0)
		r = value_of(cmdline, "ignition.config.device", label, sizeof(label), error);
	if (r == 0)
		r = value_of(cmdline, "ignition.config.path", path, sizeof(path), error);
	if (r < 0)
		return r;
	if (url[0] != '\0')
		return fetch_url(url, fetcher, found, error);
	if (label[0] != '\0' || path[0] != '\0')
		return read_device(environment, label, path, found, error);
	return 0;
}
