// SPDX-License-Identifier: Apache-2.0
/* See options.h. */
#include "provision/options.h"
#include "lib/download.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define MILLISECONDS_MAX 600000

static int take_number(const char *text, unsigned *ret)
{
	uint64_t number;
	int r = text_to_number(text, MILLISECONDS_MAX, &number);

	if (r == 0)
		*ret = (unsigned)number;
	return r < 0 ? -EINVAL : 0;
}

static int take(struct acquire_options *options, const char *name, const char *value)
{
	struct platform_environment *environment = &options->environment;
	const struct {
		const char *name, **to;
	} texts[] = { { "--sys", &environment->sys },
		      { "--proc", &environment->proc },
		      { "--dev", &environment->dev },
		      { "--run", &environment->run },
		      { "--metadata", &environment->metadata } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(name, texts[i].name) == 0) {
			*texts[i].to = value;
			return 0;
		}
	}
	if (strcmp(name, "--retry-ms") == 0)
		return take_number(value, &options->wait_first_ms);
	if (strcmp(name, "--device-ms") == 0)
		return take_number(value, &environment->device_wait_ms);
	return -EINVAL;
}

int acquire_options_parse(char *argv[], struct acquire_options *ret)
{
	struct acquire_options options = { .environment = platform_environment(),
					   .wait_first_ms = DOWNLOAD_FIRST_WAIT_MS };

	for (; *argv; argv++) {
		if (text_starts(*argv, "--")) {
			if (!argv[1] || take(&options, argv[0], argv[1]) < 0)
				return -EINVAL;
			argv++;
		} else if (options.file) {
			return -EINVAL;
		} else {
			options.file = *argv;
		}
	}
	*ret = options;
	return 0;
}
