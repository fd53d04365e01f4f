// SPDX-License-Identifier: Apache-2.0
/* Whole small files, with a limit, and the cleanup attributes for what is open. */
#pragma once
#include "lib/error.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void close_fd(int *fd);
void free_text(char **text);
#define AUTO_CLOSE __attribute__((cleanup(close_fd)))
#define AUTO_FREE __attribute__((cleanup(free_text)))

/* Reads a text file of at most max_bytes into a new string (zero bytes end it early for a reader of
 * text). The caller frees it. -EFBIG if the file is longer. */
int file_read(const char *path, size_t max_bytes, char **ret, struct error *error);

/* The same for any bytes; a terminator stands behind them. "-" is the standard input. */
int file_read_bytes(const char *path, size_t max_bytes, char **ret, size_t *ret_size,
		    struct error *error);

/* Writes to a file that exists: a setting in /proc or /sys, a terminal. */
int file_write(const char *path, const char *text, struct error *error);

/* Reads exactly size bytes from a file or block device. -EIO if it ends before. */
int file_read_at(int fd, uint64_t offset_bytes, void *ret, size_t size, struct error *error);

/* Writes all bytes from where the file stands. Returns 0 or a negative errno. */
int file_append(int fd, const void *bytes, size_t size);

/* Writes all bytes at an offset. Not durable until the caller's fsync. */
int file_write_at(int fd, uint64_t offset_bytes, const void *bytes, size_t size,
		  struct error *error);

/* Makes a folder for all to read, unless it is there; its parent must be. */
int file_make_folder(const char *path, struct error *error);

/* Makes the file hold text, whole or not at all: PATH.tmp is written and synced, renamed, the
 * folder synced. A crash leaves the old file, and perhaps PATH.tmp. */
int file_replace(const char *path, const char *text, struct error *error);
