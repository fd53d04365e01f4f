// SPDX-License-Identifier: Apache-2.0
/* See unpack.h. Must never call data whole whose end was not seen. */
#include "install/unpack.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>

#define OUT_BYTES (128 << 10)

struct unpack {
	transport_sink *sink;
	void *context;
	ZSTD_DStream *zstd;
	bool within; /* a frame has begun and not ended */
	bool any;
	char out[OUT_BYTES];
};

int unpack_new(transport_sink *sink, void *context, struct unpack **ret, struct error *error)
{
	struct unpack *unpack = calloc(1, sizeof(*unpack));

	if (unpack)
		unpack->zstd = ZSTD_createDStream();
	if (!unpack || !unpack->zstd) {
		unpack_free(unpack);
		return error_set(error, -ENOMEM, "out of memory");
	}
	unpack->sink = sink;
	unpack->context = context;
	*ret = unpack;
	return 0;
}

int unpack_add(struct unpack *unpack, const char *bytes, size_t size, struct error *error)
{
	ZSTD_inBuffer in = { bytes, size, 0 };
	bool full = false;

	while (in.pos < in.size || full) {
		ZSTD_outBuffer out = { unpack->out, sizeof(unpack->out), 0 };
		size_t left = ZSTD_decompressStream(unpack->zstd, &out, &in);
		int r;

		if (ZSTD_isError(left))
			return error_set(error, -EBADMSG, "zstd: %s", ZSTD_getErrorName(left));
		unpack->within = left != 0;
		unpack->any = true;
		full = out.pos == out.size && unpack->within;
		r = unpack->sink(unpack->context, unpack->out, out.pos, error);
		if (r < 0)
			return r;
	}
	return 0;
}

int unpack_finish(const struct unpack *unpack, struct error *error)
{
	if (unpack->within || !unpack->any)
		return error_set(error, -EBADMSG, "zstd: ends too early");
	return 0;
}

void unpack_free(struct unpack *unpack)
{
	if (!unpack)
		return;
	ZSTD_freeDStream(unpack->zstd);
	free(unpack);
}
