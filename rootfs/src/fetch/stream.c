// SPDX-License-Identifier: Apache-2.0
/* gzip (RFC 1952, several members too) and hashes; see stream.h. Must never call data good whose
 * end was not seen. */
#include "fetch/stream.h"
#include "lib/download.h"
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define OUT_BYTES 65536
#define GZIP_ONLY (15 + 16)

struct stream {
	stream_sink *sink;
	void *context;
	EVP_MD_CTX *digest; /* NULL: no hash is wanted */
	struct download_hash hash;
	z_stream zlib;
	bool compressed, within; /* within: a member has begun and not ended */
	char out[OUT_BYTES];
};

static int start_digest(struct stream *stream, const struct ign_text *hash, struct error *error)
{
	if (download_hash_parse(hash, &stream->hash) < 0)
		return error_set(error, -EINVAL, "verification hash of a form that is not known");
	stream->digest = EVP_MD_CTX_new();
	if (!stream->digest ||
	    EVP_DigestInit_ex(stream->digest, stream->hash.sha512 ? EVP_sha512() : EVP_sha256(),
			      NULL) != 1)
		return error_set(error, -ENOMEM, "start a hash");
	return 0;
}

static int start_gunzip(struct stream *stream, const struct ign_text *compression,
			struct error *error)
{
	if (compression->length != 4 || memcmp(compression->at, "gzip", 4) != 0)
		return error_set(error, -EINVAL, "compression of a form that is not known");
	if (inflateInit2(&stream->zlib, GZIP_ONLY) != Z_OK)
		return error_set(error, -ENOMEM, "start decompression");
	stream->compressed = stream->within = true;
	return 0;
}

int stream_new(const struct ign_resource *resource, stream_sink *sink, void *context,
	       struct stream **ret, struct error *error)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int r = 0;

	if (!stream)
		return error_set(error, -ENOMEM, "out of memory");
	stream->sink = sink;
	stream->context = context;
	if (resource->verification.hash.at)
		r = start_digest(stream, &resource->verification.hash, error);
	if (r == 0 && resource->compression.length > 0)
		r = start_gunzip(stream, &resource->compression, error);
	if (r < 0) {
		stream_free(stream);
		return r;
	}
	*ret = stream;
	return 0;
}

static int pass_on(struct stream *stream, const char *bytes, size_t size, struct error *error)
{
	if (size == 0)
		return 0;
	if (stream->digest && EVP_DigestUpdate(stream->digest, bytes, size) != 1)
		return error_set(error, -EIO, "hash");
	return stream->sink(stream->context, bytes, size, error);
}

/* What is left of the input after one call of zlib's; a member may end and the next begin. */
static int gunzip_some(struct stream *stream, struct error *error)
{
	z_stream *zlib = &stream->zlib;
	int status;

	if (!stream->within && inflateReset(zlib) != Z_OK)
		return error_set(error, -EIO, "gzip: start a member");
	stream->within = true;
	zlib->next_out = (Bytef *)stream->out;
	zlib->avail_out = OUT_BYTES;
	status = inflate(zlib, Z_NO_FLUSH);
	if (status == Z_STREAM_END)
		stream->within = false;
	else if (status == Z_MEM_ERROR)
		return error_set(error, -ENOMEM, "gzip: out of memory");
	else if (status != Z_OK && status != Z_BUF_ERROR)
		return error_set(error, -EBADMSG, "gzip: %s",
				 zlib->msg ? zlib->msg : "damaged data");
	return pass_on(stream, stream->out, OUT_BYTES - zlib->avail_out, error);
}

int stream_write(struct stream *stream, const char *bytes, size_t size, struct error *error)
{
	if (!stream->compressed)
		return pass_on(stream, bytes, size, error);
	while (size > 0) {
		uInt part = size < OUT_BYTES ? (uInt)size : OUT_BYTES;

		stream->zlib.next_in = (z_const Bytef *)bytes;
		stream->zlib.avail_in = part;
		do {
			int r = gunzip_some(stream, error);

			if (r < 0)
				return r;
		} while (stream->zlib.avail_in > 0 || stream->zlib.avail_out == 0);
		bytes += part;
		size -= part;
	}
	return 0;
}

int stream_end(struct stream *stream, struct error *error)
{
	unsigned char got[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (stream->compressed && stream->within)
		return error_set(error, -EBADMSG, "gzip: ends too early");
	if (!stream->digest)
		return 0;
	if (EVP_DigestFinal_ex(stream->digest, got, &size) != 1)
		return error_set(error, -EIO, "hash");
	if (size != stream->hash.size || memcmp(got, stream->hash.bytes, size) != 0)
		return error_set(error, -EBADMSG, "not what its verification hash says");
	return 0;
}

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	if (stream->compressed)
		inflateEnd(&stream->zlib);
	EVP_MD_CTX_free(stream->digest);
	free(stream);
}
