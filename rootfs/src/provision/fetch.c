// SPDX-License-Identifier: Apache-2.0
/* data: URLs only, for the time until there is a fetcher. */
#include "provision/fetch.h"
#include "os/file.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fetcher_new(struct fetcher **ret, struct error *error)
{
	(void)error;
	*ret = NULL;
	return 0;
}

int fetcher_configure(struct fetcher *fetcher, const struct ign_ignition *settings,
		      struct error *error)
{
	(void)fetcher, (void)settings, (void)error;
	return 0;
}

void fetcher_free(struct fetcher *fetcher)
{
	(void)fetcher;
}

static unsigned hex(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

static size_t decode_plain(const char *at, char *out)
{
	size_t n = 0;

	for (; *at; at++)
		if (*at == '%') {
			out[n++] = (char)(hex(at[1]) * 16 + hex(at[2]));
			at += 2;
		} else {
			out[n++] = *at;
		}
	return n;
}

static size_t decode_base64(const char *at, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	size_t n = 0;
	int have = 0;

	for (; *at && *at != '='; at++) {
		bits = bits << 6 | (uint32_t)(strchr(digits, *at) - digits);
		have += 6;
		if (have >= 8)
			out[n++] = (char)(bits >> (have -= 8));
	}
	return n;
}

int fetch_to_memory(struct fetcher *fetcher, const struct ign_resource *resource, size_t max_bytes,
		    char **ret, size_t *ret_size, struct error *error)
{
	const char *comma = resource->source.at ? strchr(resource->source.at, ',') : NULL;
	char *bytes;

	(void)fetcher, (void)max_bytes;
	if (!comma || strncmp(resource->source.at, "data:", 5) != 0 ||
	    resource->verification.hash.at || resource->compression.length > 0)
		return error_set(error, -ENOSYS, "fetch");
	bytes = malloc(strlen(comma) + 1);
	*ret_size = strncmp(comma - 7 < resource->source.at ? comma : comma - 7, ";base64", 7) == 0
			    ? decode_base64(comma + 1, bytes)
			    : decode_plain(comma + 1, bytes);
	*ret = bytes;
	return 0;
}

int fetch_to_file(struct fetcher *fetcher, const struct ign_resource *resource, int fd,
		  struct error *error)
{
	AUTO_FREE char *bytes = NULL;
	size_t size = 0;
	int r = fetch_to_memory(fetcher, resource, SIZE_MAX, &bytes, &size, error);

	if (r == 0 && write(fd, bytes, size) != (ssize_t)size)
		r = error_errno(error, "write");
	return r;
}
