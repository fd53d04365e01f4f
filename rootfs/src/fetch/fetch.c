// SPDX-License-Identifier: Apache-2.0
/* Resources by their scheme, into memory or a file; see fetch.h. Must never hand out a resource
 * whose hash was not compared, if it has one. */
#include "fetch/fetch.h"
#include "fetch/fetcher.h"
#include "fetch/stream.h"
#include "lib/url.h"
#include "os/file.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define URL_BYTES_MAX 65536

struct memory {
	char *bytes;
	size_t used, room, max;
};

static int to_memory(void *context, const char *bytes, size_t size, struct error *error)
{
	struct memory *memory = context;
	size_t need;

	if (size > memory->max - memory->used)
		return error_set(error, -EFBIG, "longer than %zu bytes", memory->max);
	need = memory->used + size + 1;
	if (need > memory->room) {
		size_t room = need < 4096 ? 4096 : need * 2;
		char *grown = realloc(memory->bytes, room);

		if (!grown)
			return error_set(error, -ENOMEM, "out of memory");
		memory->bytes = grown;
		memory->room = room;
	}
	memcpy(memory->bytes + memory->used, bytes, size);
	memory->used += size;
	return 0;
}

static int to_file(void *context, const char *bytes, size_t size, struct error *error)
{
	const int *fd = context;
	int r = file_append(*fd, bytes, size);

	return r < 0 ? error_set(error, r, "write: %s", strerror(-r)) : 0;
}

static int to_stream(void *context, const char *bytes, size_t size, struct error *error)
{
	return stream_write(context, bytes, size, error);
}

static int from_data(const struct ign_text *source, struct stream *stream, struct error *error)
{
	char *bytes = NULL;
	size_t size;
	int r = url_decode_data(source->at, source->length, &bytes, &size);

	if (r < 0)
		return error_set(error, r, r == -ENOMEM ? "out of memory" : "damaged");
	r = stream_write(stream, bytes, size, error);
	free(bytes);
	return r;
}

static int from_network(struct fetcher *fetcher, const char *method,
			const struct ign_resource *resource, struct stream *stream,
			struct error *error)
{
	char *url = strndup(resource->source.at, resource->source.length);
	struct transport_request request = { .method = method,
					     .url = url,
					     .headers = resource->headers.at,
					     .headers_count = resource->headers.count };
	struct transport_settings settings = fetcher_settings(fetcher);
	int r = url ? transport_fetch(&settings, &request, to_stream, stream, error)
		    : error_set(error, -ENOMEM, "out of memory");

	free(url);
	return r;
}

static bool is_one_of(const char *word, const char *const words[])
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static int from_source(struct fetcher *fetcher, const char *method,
		       const struct ign_resource *resource, struct stream *stream,
		       struct error *error)
{
	static const char *const network[] = { "http", "https", "tftp", NULL };
	static const char *const buckets[] = { "s3", "gs", "arn", NULL };
	const struct ign_text *source = &resource->source;
	struct url url;

	if (url_parse(source->at, source->length, &url) < 0)
		return error_set(error, -EINVAL, "not a URL");
	if (strcmp(url.scheme, "data") == 0)
		return from_data(source, stream, error);
	if (source->length > URL_BYTES_MAX)
		return error_set(error, -E2BIG, "a URL of over %d bytes", URL_BYTES_MAX);
	if (is_one_of(url.scheme, network))
		return from_network(fetcher, method, resource, stream, error);
	if (is_one_of(url.scheme, buckets))
		return error_set(error, -EPROTONOSUPPORT,
				 "buckets are not read by their own protocol; remedy: give the "
				 "object's https: URL, signed in advance if it is not public");
	return error_set(error, -EPROTONOSUPPORT,
			 "scheme is not known; known are data, http, "
			 "https and tftp");
}

/* The whole way of one resource. Its URL is put before what went wrong. */
static int fetch(struct fetcher *fetcher, const char *method, const struct ign_resource *resource,
		 stream_sink *sink, void *context, struct error *error)
{
	char shown[URL_SHOWN_BYTES];
	struct stream *stream;
	int r;

	if (resource->source.length == 0)
		return 0;
	r = stream_new(resource, sink, context, &stream, error);
	if (r == 0) {
		r = from_source(fetcher, method, resource, stream, error);
		if (r == 0)
			r = stream_end(stream, error);
		stream_free(stream);
	}
	if (r < 0) {
		url_shown(resource->source.at, resource->source.length, shown);
		error_wrap(error, "fetch %s", shown);
	}
	return r;
}

int fetch_answer(struct fetcher *fetcher, const char *method, const struct ign_resource *resource,
		 size_t max_bytes, char **ret, size_t *ret_size, struct error *error)
{
	struct memory memory = { .max = max_bytes };
	int r = to_memory(&memory, "", 0, error);

	if (r == 0)
		r = fetch(fetcher, method, resource, to_memory, &memory, error);
	if (r < 0) {
		free(memory.bytes);
		return r;
	}
	memory.bytes[memory.used] = '\0';
	*ret = memory.bytes;
	*ret_size = memory.used;
	return 0;
}

int fetch_to_memory(struct fetcher *fetcher, const struct ign_resource *resource, size_t max_bytes,
		    char **ret, size_t *ret_size, struct error *error)
{
	return fetch_answer(fetcher, "GET", resource, max_bytes, ret, ret_size, error);
}

int fetch_to_file(struct fetcher *fetcher, const struct ign_resource *resource, int fd,
		  struct error *error)
{
	return fetch(fetcher, "GET", resource, to_file, &fd, error);
}
