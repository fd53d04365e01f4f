// SPDX-License-Identifier: Apache-2.0
/* See source.h. */
#include "install/source.h"
#include "fetch/transfer.h"
#include "lib/url.h"
#include "os/file.h"
#include "os/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STALL_S 30
#define CHUNK_BYTES (128 << 10)

bool source_is_url(const char *place)
{
	static const char *const schemes[] = { "http", "https", "tftp", "data" };
	struct url url;

	if (url_parse(place, strlen(place), &url) < 0)
		return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strcmp(url.scheme, schemes[i]) == 0)
			return true;
	return false;
}

int source_read(const char *place, struct fetcher *fetcher, size_t max_bytes, char **ret,
		size_t *ret_size, struct error *error)
{
	const struct ign_resource resource = { .source = { place, strlen(place) } };

	if (source_is_url(place))
		return fetch_to_memory(fetcher, &resource, max_bytes, ret, ret_size, error);
	return file_read_bytes(place, max_bytes, ret, ret_size, error);
}

int source_read_signature(const char *place, struct fetcher *fetcher, size_t max_bytes, char **ret,
			  size_t *ret_size, struct error *error)
{
	size_t path = source_is_url(place) ? strcspn(place, "?#") : strlen(place);
	AUTO_FREE char *signature = NULL;

	if (asprintf(&signature, "%.*s.sig%s", (int)path, place, place + path) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return source_read(signature, fetcher, max_bytes, ret, ret_size, error);
}

struct download {
	struct transfer transfer;
	struct progress progress;
	transport_sink *sink;
	void *context;
};

static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct download *download = context;

	progress_tell(&download->progress, download->transfer.done_bytes,
		      download->transfer.total_bytes, false);
	return download->sink(download->context, bytes, size, error);
}

static int from_network(struct download *download, struct fetcher *fetcher, struct error *error)
{
	char shown[URL_SHOWN_BYTES];
	int r = transfer_run(fetcher, &download->transfer, error);

	if (r < 0 && download->transfer.sink_result == 0) {
		url_shown(download->transfer.url, strlen(download->transfer.url), shown);
		error_wrap(error, "%s", shown);
	}
	return r;
}

static int pass_file(int fd, const char *path, char *chunk, struct download *download,
		     struct error *error)
{
	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK_BYTES);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(error, "%s: read", path);
		if (n == 0)
			return 0;
		r = take(download, chunk, (size_t)n, error);
		if (r < 0)
			return r;
		download->transfer.done_bytes += (uint64_t)n;
	}
}

static int from_file(struct download *download, const char *path, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *chunk = malloc(CHUNK_BYTES);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, "open %s", path);
	if (!chunk)
		return error_set(error, -ENOMEM, "out of memory");
	download->transfer.total_bytes = (uint64_t)status.st_size;
	return pass_file(fd, path, chunk, download, error);
}

int source_stream(const char *place, struct fetcher *fetcher, transport_sink *sink, void *context,
		  struct error *error)
{
	struct download download = {
		.transfer = { .url = place, .sink = take, .stall_s = STALL_S },
		.progress = progress_start(),
		.sink = sink,
		.context = context,
	};
	int r;

	download.transfer.context = &download;
	r = source_is_url(place) ? from_network(&download, fetcher, error)
				 : from_file(&download, place, error);
	if (r == 0)
		progress_tell(&download.progress, download.transfer.done_bytes,
			      download.transfer.total_bytes, true);
	return r;
}
