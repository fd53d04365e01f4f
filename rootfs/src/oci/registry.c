// SPDX-License-Identifier: Apache-2.0
/*
 * See registry.h. A request is tries with waits between them; a try is a chain of exchanges, of
 * which only the first one carries the authorization; an answer 401 to it is looked at once, then
 * the same is asked for again with what it wants.
 */
#include "oci/registry.h"
#include "fetch/exchange.h"
#include "lib/text.h"
#include "lib/url.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define URL_BYTES 4096
#define TOKEN_ANSWER_BYTES_MAX (128 << 10)
#define WAIT_MS_MAX 60000

struct request {
	struct registry *registry;
	const char *url, *accept;
	const char *authorization; /* NULL: the registry's own */
	transport_sink *sink;
	void *context;
	uint64_t limit_bytes;
	uint64_t *done_bytes;
	char *page; /* as registry_tags has it; or NULL */
	/* inner */
	uint64_t skip_bytes; /* of a body that begins anew */
	bool whole;          /* the server does not resume */
	bool asked;          /* for authorization, within this try */
	unsigned wait_s;     /* as the server wants it */
	struct error *error;
};

struct memory {
	char *bytes;
	size_t size;
};

void registry_init(struct registry *registry)
{
	*registry = (struct registry){ .tries = 5 };
	pthread_mutex_init(&registry->mutex, NULL);
}

void registry_free(struct registry *registry)
{
	explicit_bzero(registry->secret, sizeof(registry->secret));
	explicit_bzero(registry->authorization, sizeof(registry->authorization));
	pthread_mutex_destroy(&registry->mutex);
}

static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct request *request = context;
	size_t skipped = size < request->skip_bytes ? size : (size_t)request->skip_bytes;
	int r;

	request->skip_bytes -= skipped;
	size -= skipped;
	if (size == 0)
		return 0;
	if (size > request->limit_bytes - *request->done_bytes)
		return error_set(error, -EFBIG, "longer than %" PRIu64 " bytes",
				 request->limit_bytes);
	r = request->sink(request->context, bytes + skipped, size, error);
	if (r == 0)
		*request->done_bytes += size;
	return r;
}

static struct ign_text as_text(const char *text)
{
	return (struct ign_text){ text, strlen(text) };
}

/* One exchange. authorization: empty for none. */
static int exchange_once(struct request *request, const char *url, const char *authorization,
			 struct exchange *ret)
{
	struct ign_header headers[2] = {
		{ as_text("Accept"), as_text(request->accept) },
		{ as_text("Authorization"), as_text(authorization) },
	};
	uint64_t offset = request->whole ? 0 : *request->done_bytes;

	request->skip_bytes = request->whole ? *request->done_bytes : 0;
	*ret = (struct exchange){ .settings = &request->registry->settings,
				  .method = "GET",
				  .url = url,
				  .headers = headers,
				  .headers_count = authorization[0] ? 2 : 1,
				  .sink = take,
				  .context = request,
				  .offset = offset };
	return exchange_run(ret, request->error);
}

static bool starts(const char *url, const char *scheme)
{
	return strncmp(url, scheme, strlen(scheme)) == 0;
}

static int follow(const struct request *request, struct exchange *exchange, char **url)
{
	bool plain = request->registry->plain_http;

	if (!exchange->location || !(starts(exchange->location, "https://") ||
				     (plain && starts(exchange->location, "http://"))))
		return error_set(request->error, -EREMOTEIO,
				 "the server redirects to nowhere, or to what is not https:");
	free(*url);
	*url = exchange->location;
	exchange->location = NULL;
	return 0;
}

/* A chain of redirects. Returns the last exchange in any case. */
static int run_chain(struct request *request, const char *authorization, struct exchange *ret)
{
	char *url = strdup(request->url);
	int r = url ? 0 : error_set(request->error, -ENOMEM, "out of memory");

	*ret = (struct exchange){ 0 };
	for (int redirects = 0; r == 0; redirects++) {
		exchange_end(ret);
		r = exchange_once(request, url, redirects == 0 ? authorization : "", ret);
		if (r < 0 || exchange_verdict(ret) != HTTP_MOVED)
			break;
		if (redirects == DOWNLOAD_REDIRECTS_MAX)
			r = error_set(request->error, -ELOOP, "too many redirects");
		else
			r = follow(request, ret, &url);
	}
	free(url);
	return r;
}

static int into_memory(void *context, const char *bytes, size_t size, struct error *error)
{
	struct memory *memory = context;
	char *grown = realloc(memory->bytes, memory->size + size + 1);

	if (!grown)
		return error_set(error, -ENOMEM, "out of memory");
	memcpy(grown + memory->size, bytes, size);
	memory->bytes = grown;
	memory->size += size;
	grown[memory->size] = '\0';
	return 0;
}

static int run(struct request *request);

static int get_to_memory(struct request *request, uint64_t max_bytes, struct memory *ret)
{
	struct memory memory = { 0 };
	uint64_t done = 0;
	int r;

	request->sink = into_memory;
	request->context = &memory;
	request->limit_bytes = max_bytes;
	request->done_bytes = &done;
	r = run(request);
	if (r == 0 && !memory.bytes)
		r = error_set(request->error, -EBADMSG, "an empty answer");
	if (r < 0)
		free(memory.bytes);
	else
		*ret = memory;
	return r;
}

static int get_token(struct registry *registry, const struct oci_challenge *challenge,
		     char ret[OCI_TOKEN_BYTES], struct error *error)
{
	char url[URL_BYTES], scope[320], basic[OCI_SECRET_BYTES + 16] = "";
	struct request request = { .registry = registry,
				   .url = url,
				   .accept = "application/json",
				   .authorization = basic,
				   .asked = true,
				   .error = error };
	struct memory memory;
	int r;

	snprintf(scope, sizeof(scope), "repository:%s:pull", registry->reference.repository);
	if (oci_challenge_url(challenge, scope, url, sizeof(url)) < 0)
		return error_set(error, -EBADMSG, "the address of its tokens is too long");
	if (!starts(url, "https://") && !(registry->plain_http && starts(url, "http://")))
		return error_set(error, -EBADMSG, "its tokens are not to be had by https:");
	if (registry->has_secret)
		snprintf(basic, sizeof(basic), "Basic %s", registry->secret);
	r = get_to_memory(&request, TOKEN_ANSWER_BYTES_MAX, &memory);
	if (r < 0)
		return error_wrap(error, "get a token");
	r = oci_token_parse(memory.bytes, memory.size, ret, error);
	explicit_bzero(memory.bytes, memory.size);
	free(memory.bytes);
	return r;
}

/* What the registry's 401 asks for becomes its authorization. */
static int authorize(struct registry *registry, const char *header, struct error *error)
{
	struct oci_challenge challenge = { 0 };
	char token[OCI_TOKEN_BYTES];
	int r;

	if (!header || oci_challenge_parse(header, &challenge) < 0 ||
	    !(challenge.bearer || challenge.basic))
		return error_set(error, -EACCES, "the registry does not say how to log in");
	if (!challenge.bearer) {
		if (!registry->has_secret)
			return error_set(error, -EACCES,
					 "the registry wants a login, and there is none for it");
		snprintf(registry->authorization, sizeof(registry->authorization), "Basic %s",
			 registry->secret);
		return 0;
	}
	r = get_token(registry, &challenge, token, error);
	if (r == 0)
		snprintf(registry->authorization, sizeof(registry->authorization), "Bearer %s",
			 token);
	return r;
}

/* One thread asks for a token, the others then have it. */
static int renew(struct request *request, const char *used, const struct exchange *exchange)
{
	struct registry *registry = request->registry;
	int r = 0;

	pthread_mutex_lock(&registry->mutex);
	if (strcmp(used, registry->authorization) == 0)
		r = authorize(registry, exchange->challenge, request->error);
	pthread_mutex_unlock(&registry->mutex);
	return r;
}

static void current_authorization(const struct request *request, char *ret, size_t room)
{
	struct registry *registry = request->registry;

	if (request->authorization) {
		snprintf(ret, room, "%s", request->authorization);
		return;
	}
	pthread_mutex_lock(&registry->mutex);
	snprintf(ret, room, "%s", registry->authorization);
	pthread_mutex_unlock(&registry->mutex);
}

/* What an answer comes to: 0, -EAGAIN to try again, or an error. */
static int judge(struct request *request, const struct exchange *exchange)
{
	enum http_verdict verdict = exchange_verdict(exchange);
	int code = verdict == HTTP_ABSENT ? -ENOENT : -EREMOTEIO;

	if (verdict == HTTP_TAKEN)
		return 0;
	request->wait_s = exchange->retry_after_s;
	if (verdict == HTTP_AGAIN || exchange->status == 429)
		code = -EAGAIN;
	if (exchange->status == 401 || exchange->status == 403)
		return error_set(request->error, -EACCES, "the registry refuses it (status %ld)",
				 exchange->status);
	return error_set(request->error, code, "the server answers with status %ld",
			 exchange->status);
}

static int try_once(struct request *request)
{
	char authorization[sizeof(request->registry->authorization)];
	struct exchange exchange;
	int r;

	current_authorization(request, authorization, sizeof(authorization));
	r = run_chain(request, authorization, &exchange);
	if (r == 0 && exchange.status == 401 && !request->asked) {
		request->asked = true;
		r = renew(request, authorization, &exchange);
		exchange_end(&exchange);
		return r < 0 ? r : try_once(request);
	}
	if (r == 0)
		r = judge(request, &exchange);
	if (r == 0 && request->page)
		r = oci_tags_next(exchange.link, request->page, request->error);
	exchange_end(&exchange);
	return r;
}

static void pause_before(const struct request *request, unsigned tries)
{
	uint64_t ms = download_wait_ms(tries, request->registry->settings.first_wait_ms);

	if (request->wait_s * UINT64_C(1000) > ms)
		ms = request->wait_s * UINT64_C(1000);
	ms = ms < WAIT_MS_MAX ? ms : WAIT_MS_MAX;
	nanosleep(&(struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 }, NULL);
}

static void tell(const struct request *request, unsigned tries)
{
	const struct transport_settings *settings = &request->registry->settings;
	char shown[URL_SHOWN_BYTES], line[URL_SHOWN_BYTES + sizeof(request->error->text) + 64];

	url_shown(request->url, strlen(request->url), shown);
	snprintf(line, sizeof(line), "%s: try %u: %s", shown, tries, request->error->text);
	settings->log(settings->log_context, line);
}

/* A try that brought bytes does not count. */
static int run(struct request *request)
{
	bool may_ask = !request->asked;
	unsigned tries = 0;

	for (;;) {
		uint64_t before = *request->done_bytes;
		char shown[URL_SHOWN_BYTES];
		int r;

		request->asked = !may_ask;
		request->wait_s = 0;
		r = try_once(request);
		if (r == 0)
			return 0;
		tries = *request->done_bytes > before ? 1 : tries + 1;
		request->whole = request->whole || r == -ERANGE;
		if ((r != -EAGAIN && r != -EIO && r != -ERANGE) ||
		    tries >= request->registry->tries) {
			url_shown(request->url, strlen(request->url), shown);
			error_wrap(request->error, "%s", shown);
			return r == -EAGAIN ? -EREMOTEIO : r;
		}
		tell(request, tries);
		pause_before(request, tries);
	}
}

static int make_url(const struct registry *registry, const char *kind, const char *what,
		    char ret[URL_BYTES], struct error *error)
{
	const struct oci_reference *reference = &registry->reference;

	if (snprintf(ret, URL_BYTES, "%s://%s/v2/%s/%s/%s", registry->plain_http ? "http" : "https",
		     oci_reference_host(reference), reference->repository, kind, what) >= URL_BYTES)
		return error_set(error, -ENAMETOOLONG, "the name is too long");
	return 0;
}

/* The request's url is made here. */
static int get_text(struct request *request, const char *kind, const char *what, uint64_t max_bytes,
		    char **ret, size_t *ret_size)
{
	char url[URL_BYTES];
	struct memory memory;
	int r = make_url(request->registry, kind, what, url, request->error);

	request->url = url;
	if (r == 0)
		r = get_to_memory(request, max_bytes, &memory);
	if (r < 0)
		return r;
	*ret = memory.bytes;
	*ret_size = memory.size;
	return 0;
}

static int get_document(struct registry *registry, const char *kind, const char *what,
			const char *accept, uint64_t max_bytes, char **ret, size_t *ret_size,
			struct error *error)
{
	struct request request = { .registry = registry, .accept = accept, .error = error };

	return get_text(&request, kind, what, max_bytes, ret, ret_size);
}

int registry_manifest(struct registry *registry, const char *name, char **ret, size_t *ret_size,
		      struct error *error)
{
	const struct oci_reference *reference = &registry->reference;
	const char *own = reference->digest[0] ? reference->digest : reference->tag;

	return get_document(registry, "manifests", name ? name : own, oci_manifest_types,
			    OCI_DOCUMENT_BYTES_MAX, ret, ret_size, error);
}

int registry_referrers(struct registry *registry, const char *digest, char **ret, size_t *ret_size,
		       struct error *error)
{
	return get_document(registry, "referrers", digest, oci_manifest_types,
			    OCI_DOCUMENT_BYTES_MAX, ret, ret_size, error);
}

int registry_tags(struct registry *registry, char page[OCI_PAGE_BYTES], char **ret,
		  size_t *ret_size, struct error *error)
{
	char what[OCI_PAGE_BYTES + 8];
	struct request request = {
		.registry = registry, .accept = "application/json", .page = page, .error = error
	};

	snprintf(what, sizeof(what), "list%s%s", page[0] ? "?" : "", page);
	return get_text(&request, "tags", what, OCI_DOCUMENT_BYTES_MAX, ret, ret_size);
}

int registry_config(struct registry *registry, const struct oci_descriptor *descriptor, char **ret,
		    size_t *ret_size, struct error *error)
{
	return get_document(registry, "blobs", descriptor->digest, "*/*", descriptor->size_bytes,
			    ret, ret_size, error);
}

int registry_blob(struct registry *registry, const struct oci_descriptor *descriptor,
		  transport_sink *sink, void *context, uint64_t *done_bytes, struct error *error)
{
	char url[URL_BYTES];
	struct request request = { .registry = registry,
				   .url = url,
				   .accept = "*/*",
				   .sink = sink,
				   .context = context,
				   .limit_bytes = descriptor->size_bytes,
				   .done_bytes = done_bytes,
				   .error = error };
	int r = make_url(registry, "blobs", descriptor->digest, url, error);

	return r < 0 ? r : run(&request);
}
