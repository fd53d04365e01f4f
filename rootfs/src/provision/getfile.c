// SPDX-License-Identifier: Apache-2.0
/* See getfile.h. Must never leave a file under its name whose hash is not what was asked for. */
#include "provision/getfile.h"
#include "fetch/fetch.h"
#include "fetch/network.h"
#include "fetch/stream.h"
#include "fetch/transfer.h"
#include "lib/url.h"
#include "os/file.h"
#include "os/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STALL_S 30

struct getfile {
	struct transfer transfer;
	struct stream *stream; /* hashes what it passes on */
	struct progress progress;
	int fd;
};

static int to_file(void *context, const char *bytes, size_t size, struct error *error)
{
	const struct getfile *getfile = context;
	int r = file_append(getfile->fd, bytes, size);

	return r < 0 ? error_set(error, r, "write: %s", strerror(-r)) : 0;
}

static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct getfile *getfile = context;

	progress_tell(&getfile->progress, getfile->transfer.done_bytes,
		      getfile->transfer.total_bytes, false);
	return stream_write(getfile->stream, bytes, size, error);
}

static int run(struct fetcher *fetcher, const struct getfile_options *options,
	       struct getfile *getfile, struct error *error)
{
	struct ign_resource resource = { 0 };
	int r;

	if (options->hash)
		resource.verification.hash =
			(struct ign_text){ options->hash, strlen(options->hash) };
	r = stream_new(&resource, to_file, getfile, &getfile->stream, error);
	if (r < 0)
		return r;
	r = transfer_run(fetcher, &getfile->transfer, error);
	if (r == 0)
		r = stream_end(getfile->stream, error);
	stream_free(getfile->stream);
	return r;
}

static int get(struct fetcher *fetcher, const struct getfile_options *options,
	       const char *temporary, struct error *error)
{
	struct getfile getfile = {
		.transfer = { .url = options->url, .sink = take, .stall_s = STALL_S },
		.progress = progress_start(),
	};
	AUTO_CLOSE int fd =
		open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	int r;

	if (fd < 0)
		return error_errno(error, "make %s", temporary);
	getfile.transfer.context = &getfile;
	getfile.fd = fd;
	r = run(fetcher, options, &getfile, error);
	if (r == 0)
		progress_tell(&getfile.progress, getfile.transfer.done_bytes,
			      getfile.transfer.total_bytes, true);
	if (r == 0 && fsync(fd) < 0)
		r = error_errno(error, "sync %s", temporary);
	return r;
}

int getfile(const struct getfile_options *options, struct error *error)
{
	char temporary[PATH_MAX], shown[URL_SHOWN_BYTES];
	struct fetcher *fetcher = NULL;
	int r;

	if (snprintf(temporary, sizeof(temporary), "%s.tmp", options->path) >=
	    (int)sizeof(temporary))
		return error_set(error, -ENAMETOOLONG, "%s", options->path);
	r = fetcher_new(&fetcher, error);
	if (r == 0)
		r = get(fetcher, options, temporary, error);
	fetcher_free(fetcher);
	network_down();
	if (r == 0 && rename(temporary, options->path) < 0)
		r = error_errno(error, "rename to %s", options->path);
	if (r < 0) {
		unlink(temporary);
		url_shown(options->url, strlen(options->url), shown);
		error_wrap(error, "fetch %s", shown);
	}
	return r;
}
