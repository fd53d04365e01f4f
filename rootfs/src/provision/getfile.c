// SPDX-License-Identifier: Apache-2.0
/* See getfile.h. Must never leave a file under its name whose hash is not what was asked for. */
#include "provision/getfile.h"
#include "lib/url.h"
#include "os/file.h"
#include "provision/fetch.h"
#include "provision/network.h"
#include "provision/stream.h"
#include "provision/transfer.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STALL_S 30
#define PROGRESS_S 5

struct getfile {
	struct transfer transfer;
	struct stream *stream; /* hashes what it passes on */
	time_t started, told;
	int fd;
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static double megabytes(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

static void print_progress(const struct getfile *getfile)
{
	const struct transfer *transfer = &getfile->transfer;
	time_t passed = now_s() - getfile->started;
	double rate = passed > 0 ? megabytes(transfer->done_bytes) / (double)passed : 0;

	printf("%.1f", megabytes(transfer->done_bytes));
	if (transfer->total_bytes > 0)
		printf(" of %.1f", megabytes(transfer->total_bytes));
	printf(" MB, %.1f MB/s", rate);
	if (transfer->total_bytes > transfer->done_bytes && rate > 0)
		printf(", %.0f s left",
		       megabytes(transfer->total_bytes - transfer->done_bytes) / rate);
	putchar('\n');
	fflush(stdout);
}

static int to_file(void *context, const char *bytes, size_t size, struct error *error)
{
	const struct getfile *getfile = context;
	int r = file_append(getfile->fd, bytes, size);

	return r < 0 ? error_set(error, r, "write: %s", strerror(-r)) : 0;
}

static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct getfile *getfile = context;
	time_t now = now_s();

	if (now >= getfile->told + PROGRESS_S) {
		print_progress(getfile);
		getfile->told = now;
	}
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
		.started = now_s(),
		.told = now_s(),
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
		print_progress(&getfile);
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
