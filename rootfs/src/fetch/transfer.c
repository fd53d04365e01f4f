// SPDX-License-Identifier: Apache-2.0
/* See transfer.h. Must never give the sink a byte twice, or out of order. */
#include "fetch/transfer.h"
#include "fetch/fetcher.h"
#include "lib/download.h"
#include "lib/url.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct transfer *transfer = context;
	size_t skipped = size < transfer->skip_bytes ? size : (size_t)transfer->skip_bytes;
	int r;

	transfer->skip_bytes -= skipped;
	if (skipped == size)
		return 0;
	r = transfer->sink(transfer->context, bytes + skipped, size - skipped, error);
	if (r < 0) {
		transfer->sink_result = r;
		return -ECANCELED; /* of all errors the one that no server is asked again for */
	}
	transfer->done_bytes += size - skipped;
	return 0;
}

static int run_once(const struct transport_settings *settings, struct transfer *transfer,
		    bool resume, struct error *error)
{
	uint64_t coming = 0;
	struct transport_request request = {
		.method = "GET",
		.url = transfer->url,
		.offset = resume ? transfer->done_bytes : 0,
		.ret_bytes = transfer->total_bytes == 0 ? &transfer->total_bytes : &coming,
	};

	transfer->skip_bytes = resume ? 0 : transfer->done_bytes;
	return transport_fetch(settings, &request, take, transfer, error);
}

static void tell(const struct transport_settings *settings, const struct transfer *transfer,
		 const char *why)
{
	char shown[URL_SHOWN_BYTES], line[URL_SHOWN_BYTES + 512];

	url_shown(transfer->url, strlen(transfer->url), shown);
	snprintf(line, sizeof(line), "GET %s: cut after %" PRIu64 " bytes: %s; going on", shown,
		 transfer->done_bytes, why);
	settings->log(settings->log_context, line);
}

static void pause_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

int transfer_run(struct fetcher *fetcher, struct transfer *transfer, struct error *error)
{
	struct transport_settings settings = fetcher_settings(fetcher);
	bool resume = strncasecmp(transfer->url, "tftp:", 5) != 0;
	uint64_t before = 0;
	int r;

	settings.stall_s = transfer->stall_s;
	for (unsigned cuts = 1;; cuts++) {
		r = run_once(&settings, transfer, resume, error);
		if (transfer->sink_result < 0)
			return transfer->sink_result;
		if (r != -EIO && (r != -ERANGE || !resume))
			return r;
		resume = resume && r != -ERANGE;
		tell(&settings, transfer, error->text);
		cuts = transfer->done_bytes > before ? 1 : cuts;
		before = transfer->done_bytes;
		pause_ms(download_wait_ms(cuts, settings.first_wait_ms));
	}
}
