// SPDX-License-Identifier: Apache-2.0
/* libarchive with its filters but no format; see inflate.h. Must never run a program to
 * decompress, as libarchive does for filters that it has no library for. */
#include "oci/inflate.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK_BYTES (256 << 10)

struct inflate {
	struct archive *archive;
	EVP_MD_CTX *hash;
	uint64_t left_bytes;
	bool empty, ended;
};

static int fail(struct inflate *inflate, struct error *error)
{
	const char *text = archive_error_string(inflate->archive);

	return error_set(error, archive_errno(inflate->archive) == ENOMEM ? -ENOMEM : -EBADMSG,
			 "decompress: %s", text ? text : "damaged data");
}

static int start(struct inflate *inflate, int fd, struct error *error)
{
	struct archive_entry *entry;
	int status;

	if (!inflate->archive || !inflate->hash ||
	    EVP_DigestInit_ex(inflate->hash, EVP_sha256(), NULL) != 1)
		return error_set(error, -ENOMEM, "out of memory");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(error, "seek");
	if (archive_read_support_filter_gzip(inflate->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(inflate->archive) != ARCHIVE_OK)
		return error_set(error, -ENOTSUP, "libarchive lacks gzip or zstd");
	archive_read_support_format_raw(inflate->archive);
	archive_read_support_format_empty(inflate->archive);
	if (archive_read_open_fd(inflate->archive, fd, BLOCK_BYTES) != ARCHIVE_OK)
		return fail(inflate, error);
	status = archive_read_next_header(inflate->archive, &entry);
	inflate->empty = status == ARCHIVE_EOF;
	return status == ARCHIVE_OK || inflate->empty ? 0 : fail(inflate, error);
}

int inflate_open(int fd, uint64_t max_bytes, struct inflate **ret, struct error *error)
{
	struct inflate *inflate = calloc(1, sizeof(*inflate));
	int r;

	if (!inflate)
		return error_set(error, -ENOMEM, "out of memory");
	inflate->archive = archive_read_new();
	inflate->hash = EVP_MD_CTX_new();
	inflate->left_bytes = max_bytes;
	r = start(inflate, fd, error);
	if (r < 0) {
		inflate_close(inflate);
		return r;
	}
	*ret = inflate;
	return 0;
}

ssize_t inflate_next(struct inflate *inflate, const void **ret, struct error *error)
{
	la_int64_t offset;
	size_t size = 0;
	int status = ARCHIVE_OK;

	while (size == 0 && status == ARCHIVE_OK && !inflate->empty)
		status = archive_read_data_block(inflate->archive, ret, &size, &offset);
	if (status == ARCHIVE_EOF || inflate->empty)
		return 0;
	if (status != ARCHIVE_OK)
		return fail(inflate, error);
	if (size > inflate->left_bytes)
		return error_set(error, -EFBIG, "too many bytes once decompressed");
	inflate->left_bytes -= size;
	EVP_DigestUpdate(inflate->hash, *ret, size);
	return (ssize_t)size;
}

int inflate_finish(struct inflate *inflate, char ret[OCI_DIGEST_BYTES], struct error *error)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	const void *bytes;
	ssize_t n;

	while ((n = inflate_next(inflate, &bytes, error)) > 0)
		;
	if (n < 0)
		return (int)n;
	if (EVP_DigestFinal_ex(inflate->hash, hash, NULL) != 1)
		return error_set(error, -EIO, "hash");
	oci_digest_format(hash, ret);
	return 0;
}

void inflate_close(struct inflate *inflate)
{
	if (!inflate)
		return;
	archive_read_free(inflate->archive);
	EVP_MD_CTX_free(inflate->hash);
	free(inflate);
}
