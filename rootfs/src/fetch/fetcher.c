// SPDX-License-Identifier: Apache-2.0
/*
 * What a fetcher goes by: timeouts, proxy, whom to trust, and where it tells of its troubles. Must
 * never take a setting from the environment.
 */
#include "fetch/fetcher.h"
#include "fetch/authorities.h"
#include "lib/download.h"
#include "os/kmsg.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RESPONSE_HEADERS_S 10
#define SECONDS_MAX (365 * 86400)

struct fetcher {
	struct proxy {
		char *http, *https;
		ign_texts none;
	} proxy;
	unsigned response_headers_s, total_s, first_wait_ms;
	struct authorities authorities;
	fetch_log *log;
	void *log_context;
};

static void log_to_kernel(void *context, const char *line)
{
	(void)context;
	kmsg_print(KMSG_NOTICE, "%s", line);
}

int fetcher_new(struct fetcher **ret, struct error *error)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));

	if (!fetcher)
		return error_set(error, -ENOMEM, "out of memory");
	fetcher->response_headers_s = RESPONSE_HEADERS_S;
	fetcher->first_wait_ms = DOWNLOAD_FIRST_WAIT_MS;
	fetcher->log = log_to_kernel;
	*ret = fetcher;
	return 0;
}

void fetcher_log_to(struct fetcher *fetcher, fetch_log *log, void *context)
{
	fetcher->log = log;
	fetcher->log_context = context;
}

void fetcher_wait_first(struct fetcher *fetcher, unsigned wait_ms)
{
	fetcher->first_wait_ms = wait_ms;
}

static void free_proxy(struct proxy *proxy)
{
	free(proxy->http);
	free(proxy->https);
	for (size_t i = 0; i < proxy->none.count; i++)
		free((void *)(uintptr_t)proxy->none.at[i].at);
	free(proxy->none.at);
	*proxy = (struct proxy){ 0 };
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	free_proxy(&fetcher->proxy);
	authorities_free(&fetcher->authorities);
	free(fetcher);
}

struct transport_settings fetcher_settings(const struct fetcher *fetcher)
{
	return (struct transport_settings){
		.response_headers_s = fetcher->response_headers_s,
		.total_s = fetcher->total_s,
		.first_wait_ms = fetcher->first_wait_ms,
		.http_proxy = fetcher->proxy.http,
		.https_proxy = fetcher->proxy.https,
		.no_proxy = &fetcher->proxy.none,
		.authorities = fetcher->authorities.bundle,
		.authorities_size = fetcher->authorities.bundle_size,
		.log = fetcher->log,
		.log_context = fetcher->log_context,
	};
}

/* NULL for a text that is empty or cannot be copied; the latter shows in *ret. */
static char *copy(const struct ign_text *text, int *ret)
{
	char *out = text->length > 0 ? strndup(text->at, text->length) : NULL;

	if (text->length > 0 && !out)
		*ret = -ENOMEM;
	return out;
}

static int copy_proxy(const struct ign_proxy *from, struct proxy *ret)
{
	int r = 0;

	ret->http = copy(&from->http, &r);
	ret->https = copy(&from->https, &r);
	ret->none.at = calloc(from->none.count + 1, sizeof(struct ign_text));
	if (!ret->none.at)
		return -ENOMEM;
	for (size_t i = 0; i < from->none.count && r == 0; i++) {
		struct ign_text *to = &ret->none.at[ret->none.count++];

		to->at = copy(&from->none.at[i], &r);
		to->length = to->at ? strlen(to->at) : 0;
	}
	return r;
}

/* A negative time is over at once for the reference; a second is the least that we have. */
static unsigned seconds(const struct ign_integer *integer, unsigned without)
{
	if (!integer->given)
		return without;
	if (integer->value < 0)
		return 1;
	return integer->value < SECONDS_MAX ? (unsigned)integer->value : SECONDS_MAX;
}

int fetcher_configure(struct fetcher *fetcher, const struct ign_ignition *settings,
		      struct error *error)
{
	struct proxy proxy = { 0 };

	if (copy_proxy(&settings->proxy, &proxy) < 0) {
		free_proxy(&proxy);
		return error_set(error, -ENOMEM, "out of memory");
	}
	free_proxy(&fetcher->proxy);
	fetcher->proxy = proxy;
	fetcher->response_headers_s =
		seconds(&settings->timeouts.response_headers_s, RESPONSE_HEADERS_S);
	fetcher->total_s = seconds(&settings->timeouts.total_s, 0);
	return authorities_set(&fetcher->authorities, fetcher, &settings->security.tls.authorities,
			       error);
}
