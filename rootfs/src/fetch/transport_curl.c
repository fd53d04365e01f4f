// SPDX-License-Identifier: Apache-2.0
/*
 * http:, https: and tftp: by libcurl; see transport.h. A download is tries with waits between them,
 * a try is a chain of exchanges, one for each redirect. Must never read the environment (proxies,
 * .netrc), nor send a config's headers anywhere but to the URL that they were given for.
 */
#include "fetch/exchange.h"
#include "fetch/transport.h"
#include "lib/download.h"
#include "lib/url.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What became of a try. */
enum outcome { DONE, FAILED, AGAIN };

struct download {
	const struct transport_settings *settings;
	const struct transport_request *request;
	transport_sink *sink;
	void *context;
	int64_t deadline_ms;
};

static enum outcome fail(struct error *error, int code, const char *text)
{
	error_set(error, code, "%s", text);
	return FAILED;
}

/* An answer that is not the resource. */
static enum outcome judge(const struct exchange *exchange, struct error *error)
{
	enum http_verdict verdict = exchange_verdict(exchange);
	int code = verdict == HTTP_ABSENT ? -ENOENT : -EREMOTEIO;

	if (verdict == HTTP_TAKEN)
		return DONE;
	error_set(error, code, "the server answers with status %ld", exchange->status);
	return verdict == HTTP_AGAIN ? AGAIN : FAILED;
}

/* One exchange and what it came to. tftp: is not tried again, as in the reference; libcurl repeats
 * its packets. */
static enum outcome exchange_once(const struct download *download, const char *url, bool first,
				  struct exchange *exchange, struct error *error)
{
	int r;

	*exchange =
		(struct exchange){ .settings = download->settings,
				   .method = download->request->method,
				   .url = url,
				   .headers = first ? download->request->headers : NULL,
				   .headers_count = first ? download->request->headers_count : 0,
				   .sink = download->sink,
				   .context = download->context,
				   .offset = download->request->offset,
				   .ret_bytes = download->request->ret_bytes,
				   .deadline_ms = download->deadline_ms };
	r = exchange_run(exchange, error);
	if (r == 0)
		return exchange->tftp ? DONE : judge(exchange, error);
	return r == -EAGAIN && !exchange->tftp ? AGAIN : FAILED;
}

/* The next URL of a chain. */
static int follow(const struct download *download, struct exchange *exchange, char **url,
		  struct error *error)
{
	struct url parsed;

	if (strcmp(download->request->method, "GET") != 0)
		return error_set(error, -EREMOTEIO, "the server redirects another method than GET");
	if (!exchange->location)
		return error_set(error, -EREMOTEIO, "the server redirects to nowhere");
	if (url_parse(exchange->location, strlen(exchange->location), &parsed) < 0 ||
	    (strcmp(parsed.scheme, "http") != 0 && strcmp(parsed.scheme, "https") != 0))
		return error_set(error, -EREMOTEIO, "the server redirects to what is not http(s)");
	free(*url);
	*url = exchange->location;
	exchange->location = NULL;
	return 0;
}

static enum outcome try_once(const struct download *download, struct error *error)
{
	char *url = strdup(download->request->url);
	enum outcome outcome = FAILED;
	int redirects = 0;

	if (!url)
		return fail(error, -ENOMEM, "out of memory");
	for (;;) {
		struct exchange exchange;
		int r = 0;

		outcome = exchange_once(download, url, redirects == 0, &exchange, error);
		if (outcome != FAILED || exchange_verdict(&exchange) != HTTP_MOVED) {
			exchange_end(&exchange);
			break;
		}
		if (redirects++ == DOWNLOAD_REDIRECTS_MAX)
			r = error_set(error, -ELOOP, "over %d redirects", DOWNLOAD_REDIRECTS_MAX);
		else
			r = follow(download, &exchange, &url, error);
		exchange_end(&exchange);
		if (r < 0)
			break;
	}
	free(url);
	return outcome;
}

static void wait_for(unsigned wait_ms)
{
	struct timespec time = { wait_ms / 1000, (long)(wait_ms % 1000) * 1000000 };

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

/* Returns false when the next try would begin after the deadline. */
static bool wait_for_next(const struct download *download, unsigned tries)
{
	unsigned wait_ms = download_wait_ms(tries, download->settings->first_wait_ms);
	int64_t left_ms = download->deadline_ms - exchange_now_ms();

	if (download->deadline_ms == 0 || left_ms > wait_ms) {
		wait_for(wait_ms);
		return true;
	}
	if (left_ms > 0)
		wait_for((unsigned)left_ms);
	return false;
}

static void tell(const struct download *download, unsigned tries, const struct error *error)
{
	char shown[URL_SHOWN_BYTES], line[sizeof(error->text) + URL_SHOWN_BYTES + 64];

	url_shown(download->request->url, strlen(download->request->url), shown);
	snprintf(line, sizeof(line), "%s %s: try %u: %s", download->request->method, shown, tries,
		 error->text);
	download->settings->log(download->settings->log_context, line);
}

static int check_headers(const struct transport_request *request, struct error *error)
{
	for (size_t i = 0; i < request->headers_count; i++)
		if (!download_header_valid(&request->headers[i]))
			return error_set(error, -EINVAL, "HTTP header %zu cannot be sent", i);
	return 0;
}

int transport_fetch(const struct transport_settings *settings,
		    const struct transport_request *request, transport_sink *sink, void *context,
		    struct error *error)
{
	struct download download = { settings, request, sink, context, 0 };
	struct error last = { 0 };
	int r = check_headers(request, error);

	if (r < 0)
		return r;
	if (settings->total_s > 0)
		download.deadline_ms = exchange_now_ms() + (int64_t)settings->total_s * 1000;
	for (unsigned tries = 1;; tries++) {
		enum outcome outcome = try_once(&download, &last);

		if (outcome == DONE)
			return 0;
		if (outcome == FAILED)
			return error_set(error, last.code, "%s", last.text);
		tell(&download, tries, &last);
		if (!wait_for_next(&download, tries))
			return error_set(error, -ETIMEDOUT, "not within %u s: %s",
					 settings->total_s, last.text);
	}
}
