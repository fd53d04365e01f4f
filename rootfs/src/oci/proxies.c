// SPDX-License-Identifier: Apache-2.0
/* See proxies.h. */
#include "oci/proxies.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(const char *upper, const char *lower)
{
	const char *value = secure_getenv(upper);

	value = value ? value : secure_getenv(lower);
	return value && value[0] != '\0' ? value : NULL;
}

static int split(const char *list, ign_texts *ret)
{
	size_t count = 1;

	for (const char *at = list; *at != '\0'; at++)
		count += *at == ',' || *at == ' ';
	ret->at = calloc(count, sizeof(*ret->at));
	if (!ret->at)
		return -ENOMEM;
	for (;;) {
		size_t length = strcspn(list, ", ");

		if (length > 0)
			ret->at[ret->count++] = (struct ign_text){ list, length };
		list += length;
		if (*list == '\0')
			return 0;
		list++;
	}
}

int proxies_read(struct proxies *ret, struct error *error)
{
	const char *none = variable("NO_PROXY", "no_proxy");

	*ret = (struct proxies){ .http = variable("HTTP_PROXY", "http_proxy"),
				 .https = variable("HTTPS_PROXY", "https_proxy") };
	return none && split(none, &ret->none) < 0 ? error_set(error, -ENOMEM, "out of memory") : 0;
}

void proxies_free(struct proxies *proxies)
{
	free(proxies->none.at);
}
