// SPDX-License-Identifier: Apache-2.0
/* See exchange.h. Must never call a body the resource whose status says otherwise. */
#include "fetch/exchange.h"
#include "fetch/route_curl.h"
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define CONNECT_S 30L
#define POLL_MS 1000
#define BUFFER_BYTES (128L << 10)
#define PARTIAL_CONTENT 206
#define PAGE_BYTES_MAX (64 << 10)
#define CHALLENGE_BYTES_MAX (8 << 10)
#define RETRY_AFTER_S_MAX 3600

/* The handles of a running exchange. */
struct run {
	struct exchange *exchange;
	struct error *error;
	CURLM *multi;
	CURL *easy;
	CURLU *url;
	struct curl_slist *headers;
	int64_t sent_ms; /* when the request was on its way; 0: not yet */
	bool answered;   /* the headers are here */
	int sink_result;
	size_t skipped;
	char reason[CURL_ERROR_SIZE];
};

int64_t exchange_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum http_verdict exchange_verdict(const struct exchange *exchange)
{
	if (exchange->offset > 0 && exchange->status == PARTIAL_CONTENT)
		return HTTP_TAKEN;
	return http_judge(exchange->status);
}

/* A page that only says what is wrong is not read: an endless one would hold the boot up. That of a
 * redirect is read to its end, or libcurl does not say where it leads. */
static size_t skip_page(struct run *run, size_t size)
{
	run->skipped += size;
	if (exchange_verdict(run->exchange) == HTTP_MOVED && run->skipped <= PAGE_BYTES_MAX)
		return size;
	return 0;
}

static void note_length(struct run *run)
{
	curl_off_t bytes = -1;

	if (run->exchange->ret_bytes &&
	    curl_easy_getinfo(run->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &bytes) == CURLE_OK &&
	    bytes > 0)
		*run->exchange->ret_bytes = (uint64_t)bytes;
}

static size_t take_body(char *bytes, size_t one, size_t size, void *context)
{
	struct run *run = context;
	struct exchange *exchange = run->exchange;

	curl_easy_getinfo(run->easy, CURLINFO_RESPONSE_CODE, &exchange->status);
	run->answered = true;
	if (!exchange->tftp && exchange_verdict(exchange) != HTTP_TAKEN)
		return skip_page(run, size * one);
	if (!exchange->delivered)
		note_length(run);
	exchange->delivered = true;
	run->sink_result = exchange->sink(exchange->context, bytes, size * one, run->error);
	return run->sink_result < 0 ? 0 : size * one;
}

/* The header's value, NULL if it is another one. */
static const char *header_value(const char *line, size_t size, const char *name, size_t *ret_size)
{
	size_t length = strlen(name), skip = length + 1;

	if (size <= length || strncasecmp(line, name, length) != 0 || line[length] != ':')
		return NULL;
	while (skip < size && (line[skip] == ' ' || line[skip] == '\t'))
		skip++;
	while (size > skip && (line[size - 1] == '\r' || line[size - 1] == '\n'))
		size--;
	*ret_size = size - skip;
	return line + skip;
}

static void note_header(struct exchange *exchange, const char *line, size_t size)
{
	char *longer = NULL, *before = exchange->challenge;
	size_t length;
	const char *value = header_value(line, size, "WWW-Authenticate", &length);

	if (value && (!before || strlen(before) < CHALLENGE_BYTES_MAX) &&
	    asprintf(&longer, "%s%s%.*s", before ? before : "", before ? ", " : "", (int)length,
		     value) >= 0) {
		free(before);
		exchange->challenge = longer;
	}
	value = header_value(line, size, "Link", &length);
	if (value && !exchange->link)
		exchange->link = strndup(value, length);
	value = header_value(line, size, "Retry-After", &length);
	for (unsigned seconds = 0; value && length > 0 && *value >= '0' && *value <= '9';
	     value++, length--) {
		seconds = seconds < RETRY_AFTER_S_MAX ? seconds * 10 + (unsigned)(*value - '0')
						      : seconds;
		exchange->retry_after_s = seconds;
	}
}

/* The empty line ends the headers, but those of "100 Continue" are not the last ones. */
static size_t take_header(char *bytes, size_t one, size_t size, void *context)
{
	struct run *run = context;
	long status = 0;

	curl_easy_getinfo(run->easy, CURLINFO_RESPONSE_CODE, &status);
	if (size * one <= 2 && (bytes[0] == '\r' || bytes[0] == '\n') && status >= 200)
		run->answered = true;
	note_header(run->exchange, bytes, size * one);
	return size * one;
}

/* libcurl leaves out the slash that the path begins with, the reference does not. */
static int double_slash(CURLU *url)
{
	char *path = NULL, *doubled = NULL;
	int r = -ENOMEM;

	if (curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK)
		return -EINVAL;
	if (asprintf(&doubled, "/%s", path) >= 0)
		r = curl_url_set(url, CURLUPART_PATH, doubled, 0) == CURLUE_OK ? 0 : -EINVAL;
	curl_free(path);
	free(doubled);
	return r;
}

static void set_trust(struct run *run)
{
	const struct transport_settings *settings = run->exchange->settings;
	struct curl_blob blob = { .data = (void *)(uintptr_t)settings->authorities,
				  .len = settings->authorities_size,
				  .flags = CURL_BLOB_NOCOPY };

	if (!settings->authorities)
		return;
	curl_easy_setopt(run->easy, CURLOPT_CAINFO_BLOB, &blob);
	curl_easy_setopt(run->easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
}

static void set_callbacks(struct run *run)
{
	curl_easy_setopt(run->easy, CURLOPT_ERRORBUFFER, run->reason);
	curl_easy_setopt(run->easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
	curl_easy_setopt(run->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(run->easy, CURLOPT_WRITEDATA, run);
	curl_easy_setopt(run->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(run->easy, CURLOPT_HEADERDATA, run);
}

/* Empty texts for the proxies: NULL would have libcurl look into the environment. */
static void set_options(struct run *run, const char *proxy)
{
	curl_easy_setopt(run->easy, CURLOPT_CURLU, run->url);
	curl_easy_setopt(run->easy, CURLOPT_PROTOCOLS_STR, "http,https,tftp");
	curl_easy_setopt(run->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(run->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(run->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(run->easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(run->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(run->easy, CURLOPT_PROXY, proxy ? proxy : "");
	curl_easy_setopt(run->easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(run->easy, CURLOPT_HTTPHEADER, run->headers);
	curl_easy_setopt(run->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)run->exchange->offset);
	curl_easy_setopt(run->easy, CURLOPT_LOW_SPEED_LIMIT,
			 run->exchange->settings->stall_s > 0 ? 1L : 0L);
	curl_easy_setopt(run->easy, CURLOPT_LOW_SPEED_TIME, (long)run->exchange->settings->stall_s);
	if (strcmp(run->exchange->method, "GET") != 0)
		curl_easy_setopt(run->easy, CURLOPT_CUSTOMREQUEST, run->exchange->method);
	set_callbacks(run);
	set_trust(run);
}

static int prepare(struct run *run, struct error *error)
{
	struct exchange *exchange = run->exchange;
	char host[256];
	const char *proxy;
	int r;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(error, -ENOMEM, "start libcurl");
	run->multi = curl_multi_init();
	run->easy = curl_easy_init();
	run->url = curl_url();
	if (!run->multi || !run->easy || !run->url || !route_headers(exchange, &run->headers))
		return error_set(error, -ENOMEM, "out of memory");
	if (curl_url_set(run->url, CURLUPART_URL, exchange->url,
			 CURLU_URLENCODE | CURLU_ALLOW_SPACE) != CURLUE_OK ||
	    route_part(run->url, CURLUPART_HOST, host, sizeof(host)) < 0)
		return error_set(error, -EINVAL, "not a URL that can be fetched");
	exchange->tftp = strncasecmp(exchange->url, "tftp:", 5) == 0;
	if (exchange->tftp && double_slash(run->url) < 0)
		return error_set(error, -EINVAL, "not a URL that can be fetched");
	proxy = route_proxy(exchange, run->url, host);
	r = route_network(host, proxy, error);
	if (r == 0)
		set_options(run, proxy);
	return r;
}

static void note_sent(struct run *run)
{
	curl_off_t pretransfer_us = 0;

	if (run->sent_ms == 0 &&
	    curl_easy_getinfo(run->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us) ==
		    CURLE_OK &&
	    pretransfer_us > 0)
		run->sent_ms = exchange_now_ms();
}

/* Milliseconds until the first limit; 0: it is over, and the error says which. */
static int time_left(struct run *run, int *ret_code, struct error *error)
{
	const struct exchange *exchange = run->exchange;
	int64_t now = exchange_now_ms(), left = POLL_MS, headers;

	note_sent(run);
	if (run->sent_ms > 0 && !run->answered && exchange->settings->response_headers_s > 0 &&
	    !exchange->tftp) {
		headers =
			run->sent_ms + (int64_t)exchange->settings->response_headers_s * 1000 - now;
		left = headers < left ? headers : left;
		if (left <= 0)
			*ret_code = error_set(error, -EAGAIN, "no answer within %u s",
					      exchange->settings->response_headers_s);
	}
	if (left > 0 && exchange->deadline_ms > 0 && exchange->deadline_ms - now < left) {
		left = exchange->deadline_ms - now;
		if (left <= 0)
			*ret_code = error_set(error, -ETIMEDOUT, "not within %u s",
					      exchange->settings->total_s);
	}
	return left > 0 ? (int)left : 0;
}

/* What libcurl said at the end. */
static int finish(struct run *run, CURLcode code, struct error *error)
{
	struct exchange *exchange = run->exchange;
	char *location = NULL;

	curl_easy_getinfo(run->easy, CURLINFO_RESPONSE_CODE, &exchange->status);
	curl_easy_getinfo(run->easy, CURLINFO_REDIRECT_URL, &location);
	if (location && !(exchange->location = strdup(location)))
		return error_set(error, -ENOMEM, "out of memory");
	if (run->sink_result < 0)
		return run->sink_result;
	if (code == CURLE_OK)
		return 0;
	/* take_body refused a page. */
	if (code == CURLE_WRITE_ERROR && !exchange->delivered)
		return 0;
	if (code == CURLE_TFTP_NOTFOUND || code == CURLE_REMOTE_FILE_NOT_FOUND)
		return error_set(error, -ENOENT, "the server has no such file");
	if (code == CURLE_RANGE_ERROR)
		return error_set(error, -ERANGE, "the server does not resume");
	/* A body that was cut is not asked for again, and one that is nothing may yet be. */
	exchange->delivered =
		exchange->delivered || (run->answered && exchange_verdict(exchange) == HTTP_TAKEN);
	return error_set(error, exchange->delivered ? -EIO : -EAGAIN, "%s",
			 run->reason[0] ? run->reason : curl_easy_strerror(code));
}

static int wait_until_over(struct run *run, struct error *error)
{
	int running = 1, queued, code = 0;
	const CURLMsg *message;

	while (running > 0) {
		int left_ms = time_left(run, &code, error);

		if (left_ms == 0)
			return code;
		if (curl_multi_poll(run->multi, NULL, 0, left_ms, NULL) != CURLM_OK ||
		    curl_multi_perform(run->multi, &running) != CURLM_OK)
			return error_set(error, -EIO, "libcurl fails");
	}
	while ((message = curl_multi_info_read(run->multi, &queued)))
		if (message->msg == CURLMSG_DONE)
			return finish(run, message->data.result, error);
	return error_set(error, -EIO, "libcurl ends without a result");
}

int exchange_run(struct exchange *exchange, struct error *error)
{
	struct run run = { .exchange = exchange, .error = error };
	int r = prepare(&run, error), running;

	if (r == 0 && (curl_multi_add_handle(run.multi, run.easy) != CURLM_OK ||
		       curl_multi_perform(run.multi, &running) != CURLM_OK))
		r = error_set(error, -ENOMEM, "libcurl does not start");
	if (r == 0)
		r = wait_until_over(&run, error);
	if (run.multi && run.easy)
		curl_multi_remove_handle(run.multi, run.easy);
	curl_easy_cleanup(run.easy);
	curl_multi_cleanup(run.multi);
	curl_url_cleanup(run.url);
	curl_slist_free_all(run.headers);
	return r;
}

void exchange_end(struct exchange *exchange)
{
	free(exchange->location);
	free(exchange->challenge);
	free(exchange->link);
	exchange->location = exchange->challenge = exchange->link = NULL;
}
