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

static int finish(EVP_MD_CTX *hash, char ret[OCI_DIGEST_BYTES], struct error *error)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];

	if (EVP_DigestFinal_ex(hash, bytes, NULL) != 1)
		return error_set(error, -EIO, "hash");
	oci_digest_format(bytes, ret);
	return 0;
}

int blobfile_judge(EVP_MD_CTX *hash, const struct oci_descriptor *descriptor, struct error *error)
{
	char got[OCI_DIGEST_BYTES];
	int r = finish(hash, got, error);

	if (r < 0)
		return r;
	if (strcmp(got, descriptor->digest) != 0)
		return error_set(error, -EBADMSG, "what came has the digest %s", got);
	return 0;
}

static int hash_whole(int fd, EVP_MD_CTX *hash, uint64_t *ret_bytes, struct error *error)
{
	struct stat status;

	if (!hash || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		return error_set(error, -ENOMEM, "out of memory");
	if (fstat(fd, &status) < 0)
		return error_errno(error, "look at it");
	*ret_bytes = (uint64_t)status.st_size;
	return blobfile_hash(fd, *ret_bytes, hash, error);
}

int blobfile_check(int fd, const struct oci_descriptor *descriptor, struct error *error)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint64_t size_bytes = 0;
	int r = hash_whole(fd, hash, &size_bytes, error);

	if (r == 0 && size_bytes != descriptor->size_bytes)
		r = error_set(error, -EBADMSG, "it has another size");
	if (r == 0)
		r = blobfile_judge(hash, descriptor, error);
	EVP_MD_CTX_free(hash);
	return r;
}

int blobfile_describe(int fd, struct oci_descriptor *ret, struct error *error)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	int r;

	*ret = (struct oci_descriptor){ 0 };
	r = hash_whole(fd, hash, &ret->size_bytes, error);
	if (r == 0)
		r = finish(hash, ret->digest, error);
	EVP_MD_CTX_free(hash);
	return r;
}
