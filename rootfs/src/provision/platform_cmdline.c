// SPDX-License-Identifier: Apache-2.0
/* A config that the kernel command line names: ignition.config.url=, or ignition.config.device=
 * (the label of a file system) with ignition.config.path=. Must never go on without what was named.
 */
#include "lib/cmdline.h"
#include "provision/platform_sources.h"
#include <errno.h>

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
	int r = command_line_value(environment, "ignition.config.url", url, sizeof(url), error);

	if (r == 0)
		r = command_line_value(environment, "ignition.config.device", label, sizeof(label),
				       error);
	if (r == 0)
		r = command_line_value(environment, "ignition.config.path", path, sizeof(path),
				       error);
	if (r < 0)
		return r;
	if (url[0] != '\0') {
		r = fetch_found(url, fetcher, found, error);
		return r < 0 ? error_wrap(error, "ignition.config.url") : 0;
	}
	if (label[0] != '\0' || path[0] != '\0')
		return read_device(environment, label, path, found, error);
	return 0;
}
