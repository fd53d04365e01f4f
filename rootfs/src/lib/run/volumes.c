// SPDX-License-Identifier: Apache-2.0
/* See volumes.h. */
#include "lib/run/volumes.h"
#include "lib/text.h"
#include <errno.h>

int run_volume_check(const struct run_options *options, struct error *error)
{
	const char *driver = options->driver ? options->driver : "local";

	if (!text_is_one_of("local image", driver))
		return error_set(error, -EOPNOTSUPP,
				 "--driver=%s is not supported; there is: local image", driver);
	for (size_t i = 0; i < options->driver_options.count; i++) {
		const char *option = options->driver_options.at[i];

		if (!text_is_one_of("copy nocopy", option) && !text_starts(option, "type=") &&
		    !text_starts(option, "device=") && !text_starts(option, "o=") &&
		    !text_starts(option, "image="))
			return error_set(
				error, -EOPNOTSUPP,
				"--opt=%s is not supported; there is: type device o copy nocopy",
				option);
	}
	return 0;
}
