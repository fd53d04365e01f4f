// SPDX-License-Identifier: Apache-2.0
/* See blobfile.h. */
#include "oci/blobfile.h"
#include "os/file.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_BYTES (64 << 10)

int blobfile_hash(int fd, uint64_t size_bytes, EVP_MD_CTX *hash, struct error *error)
{
	char chunk[CHUNK_BYTES];

	for (uint64_t at = 0; at < size_bytes;) {
		size_t part =
			size_bytes - at < CHUNK_BYTES ? (size_t)(size_bytes - at) : CHUNK_BYTES;
		int r = file_read_at(fd, at, chunk, part, error);

		if (r < 0)
			return r;
		EVP_DigestUpdate(hash, chunk, part);
		at += part;
	}
	return 0;
}

int blobfile_judge(EVP_MD_CTX *hash, const struct oci_descriptor *descriptor, struct error *error)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	char got[OCI_DIGEST_BYTES];

	if (EVP_DigestFinal_ex(hash, bytes, NULL) != 1)
		return error_set(error, -EIO, "hash");
	oci_digest_format(bytes, got);
	if (strcmp(got, descriptor->digest) != 0)
		return error_set(error, -EBADMSG, "what came has the digest %s", got);
	return 0;
}

int blobfile_check(int fd, const struct oci_descriptor *descriptor, struct error *error)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	struct stat status;
	int r = 0;

	if (!hash || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		r = error_set(error, -ENOMEM, "out of memory");
	else if (fstat(fd, &status) < 0)
		r = error_errno(error, "look at it");
	else if ((uint64_t)status.st_size != descriptor->size_bytes)
		r = error_set(error, -EBADMSG, "it has another size");
	if (r == 0)
		r = blobfile_hash(fd, descriptor->size_bytes, hash, error);
	if (r == 0)
		r = blobfile_judge(hash, descriptor, error);
	EVP_MD_CTX_free(hash);
	return r;
}
