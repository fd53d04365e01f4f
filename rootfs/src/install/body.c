// SPDX-License-Identifier: Apache-2.0
/* See body.h. Must never write a byte outside of its run. */
#include "install/body.h"
#include "lib/bytes.h"
#include "os/file.h"
#include "os/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So much may wait in memory for the disk: a slow one shows in the progress, and its sync at the
 * end is short. */
#define WINDOW_BYTES (16 << 20)
#define ZEROS_BYTES_MAX (64 << 20) /* at once, as a disk may have to write them */

struct body {
	const struct target *target;
	uint64_t from, to, at; /* at: where the block goes */
	uint64_t zeros_from;   /* up to at nothing but zeros, which were not written yet */
	uint64_t window_from;  /* up to at: what the disk may not have yet */
	EVP_MD_CTX *digest;    /* of what came */
	size_t used;           /* of the block */
	uint8_t block[TARGET_BLOCK_BYTES];
};

static EVP_MD_CTX *start_digest(void)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();

	if (digest && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(digest);
		digest = NULL;
	}
	return digest;
}

int body_new(const struct target *target, uint64_t from_bytes, uint64_t to_bytes, struct body **ret,
	     struct error *error)
{
	struct body *body = calloc(1, sizeof(*body));

	if (body)
		body->digest = start_digest();
	if (!body || !body->digest) {
		body_free(body);
		return error_set(error, -ENOMEM, "out of memory");
	}
	body->target = target;
	body->from = body->at = body->zeros_from = body->window_from = from_bytes;
	body->to = to_bytes;
	*ret = body;
	return 0;
}

void body_free(struct body *body)
{
	if (body)
		EVP_MD_CTX_free(body->digest);
	free(body);
}

static int write_zeros(struct body *body, struct error *error)
{
	int r = target_zero(body->target, body->zeros_from, body->at, error);

	body->zeros_from = body->at;
	return r;
}

/* Waits for the last window while the disk has this one; errors are fsync's to tell. */
static void move_window(struct body *body)
{
	off_t from = (off_t)body->window_from;
	int fd = body->target->fd;

	if (body->at - body->window_from < WINDOW_BYTES)
		return;
	sync_file_range(fd, from, (off_t)body->at - from, SYNC_FILE_RANGE_WRITE);
	if (body->window_from - body->from >= WINDOW_BYTES) {
		sync_file_range(fd, from - WINDOW_BYTES, WINDOW_BYTES,
				SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
					SYNC_FILE_RANGE_WAIT_AFTER);
		posix_fadvise(fd, from - WINDOW_BYTES, WINDOW_BYTES, POSIX_FADV_DONTNEED);
	}
	body->window_from = body->at;
}

static int write_block(struct body *body, struct error *error)
{
	bool zeros = is_zero(body->block, body->used);
	int r = 0;

	if (EVP_DigestUpdate(body->digest, body->block, body->used) != 1)
		return error_set(error, -EIO, "hash");
	if (!zeros || body->at - body->zeros_from >= ZEROS_BYTES_MAX)
		r = write_zeros(body, error);
	if (r == 0 && !zeros)
		r = target_write(body->target, body->at, body->block, body->used, error);
	body->at += body->used;
	body->used = 0;
	if (!zeros)
		body->zeros_from = body->at;
	move_window(body);
	return r;
}

int body_add(struct body *body, const char *bytes, size_t size, struct error *error)
{
	uint64_t left = body->to - body->at - body->used;
	int r = 0;

	size = size < left ? size : (size_t)left;
	while (size > 0 && r == 0) {
		size_t room = sizeof(body->block) - body->used;
		size_t part = size < room ? size : room;

		memcpy(body->block + body->used, bytes, part);
		body->used += part;
		bytes += part;
		size -= part;
		if (body->used == sizeof(body->block))
			r = write_block(body, error);
	}
	return r;
}

/* The hash of what is on the disk. */
static int read_digest(struct body *body, EVP_MD_CTX *digest, struct error *error)
{
	struct progress progress = progress_start();
	int r = 0;

	for (uint64_t at = body->from; at < body->to && r == 0;) {
		uint64_t left = body->to - at;
		size_t size = left < sizeof(body->block) ? (size_t)left : sizeof(body->block);

		r = file_read_at(body->target->fd, at, body->block, size, error);
		if (r == 0 && EVP_DigestUpdate(digest, body->block, size) != 1)
			r = error_set(error, -EIO, "hash");
		posix_fadvise(body->target->fd, (off_t)at, (off_t)size, POSIX_FADV_DONTNEED);
		at += size;
		progress_tell(&progress, at - body->from, body->to - body->from, at == body->to);
	}
	return r;
}

static int compare(struct body *body, EVP_MD_CTX *digest, struct error *error)
{
	uint8_t came[EVP_MAX_MD_SIZE], is[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (EVP_DigestFinal_ex(body->digest, came, &size) != 1 ||
	    EVP_DigestFinal_ex(digest, is, &size) != 1)
		return error_set(error, -EIO, "hash");
	if (memcmp(came, is, size) != 0)
		return error_set(error, -EIO,
				 "what was written reads back differently: the disk is bad, or "
				 "something else writes to it");
	return 0;
}

int body_finish(struct body *body, struct error *error)
{
	EVP_MD_CTX *digest = start_digest();
	int r = digest ? 0 : error_set(error, -ENOMEM, "out of memory");

	if (r == 0 && body->used > 0)
		r = write_block(body, error);
	if (r == 0)
		r = write_zeros(body, error);
	if (r == 0)
		r = target_sync(body->target, error);
	if (r == 0)
		puts("reading back what was written");
	if (r == 0)
		r = read_digest(body, digest, error);
	if (r == 0)
		r = compare(body, digest, error);
	EVP_MD_CTX_free(digest);
	return r;
}
