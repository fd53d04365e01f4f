// SPDX-License-Identifier: Apache-2.0
/*
 * See treehash.h. Of each entry a record goes into one hash: its path's last component, numbers
 * in decimal, then a link's target or the checksum of a file's bytes, in the order of names. Must
 * never depend on the order in which a file system lists things.
 */
#include "oci/treehash.h"
#include "lib/text.h"
#include "oci/checksum.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PREFIX "gmac2:"
#define CHUNK_BYTES (64 << 10)
#define XATTRS_BYTES_MAX (64 << 10)

struct walk {
	struct checksum sum, file;
	const struct filesums *known;
	char *chunk; /* not on the stack: folders are in folders */
	unsigned depth;
	struct error *error;
};

struct names {
	char **at;
	size_t count, room;
};

static void add(struct walk *walk, const void *bytes, size_t size)
{
	checksum_add(&walk->sum, bytes, size);
}

static void add_sized(struct walk *walk, const void *bytes, size_t size)
{
	char length[24];

	add(walk, length, (size_t)snprintf(length, sizeof(length), "%zu:", size));
	add(walk, bytes, size);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
	free(names->at);
}

static int names_add(struct names *names, const char *name)
{
	if (names->count == names->room) {
		size_t room = names->room * 2 + 16;
		char **grown = reallocarray(names->at, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		names->at = grown;
		names->room = room;
	}
	names->at[names->count] = strdup(name);
	return names->at[names->count++] ? 0 : -ENOMEM;
}

/* A list of names with zero bytes between becomes names in their order. */
static int hash_xattrs(struct walk *walk, int fd)
{
	char *list = walk->chunk, *value = walk->chunk + XATTRS_BYTES_MAX;
	ssize_t size = flistxattr(fd, list, XATTRS_BYTES_MAX);
	struct names names = { 0 };
	int r = size < 0 && errno != EOPNOTSUPP ? -errno : 0;

	for (ssize_t at = 0; at < size && r == 0; at += (ssize_t)strlen(list + at) + 1)
		r = names_add(&names, list + at);
	if (names.count > 1)
		qsort(names.at, names.count, sizeof(*names.at), compare);
	for (size_t i = 0; i < names.count && r == 0; i++) {
		ssize_t length = fgetxattr(fd, names.at[i], value, XATTRS_BYTES_MAX);

		r = length < 0 ? -errno : 0;
		add_sized(walk, names.at[i], strlen(names.at[i]));
		add_sized(walk, value, length < 0 ? 0 : (size_t)length);
	}
	add(walk, ";", 1);
	names_free(&names);
	return r;
}

static int read_file(struct walk *walk, int fd)
{
	for (;;) {
		ssize_t n = read(fd, walk->chunk, CHUNK_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		checksum_add(&walk->file, walk->chunk, (size_t)n);
	}
}

static int hash_file(struct walk *walk, int fd, uint64_t inode)
{
	const uint8_t *known = walk->known ? filesums_find(walk->known, inode) : NULL;
	uint8_t tag[CHECKSUM_BYTES];
	int r = 0;

	if (!known) {
		checksum_start(&walk->file);
		r = read_file(walk, fd);
		if (r == 0)
			r = checksum_end(&walk->file, tag);
	}
	if (r == 0)
		add(walk, known ? known : tag, CHECKSUM_BYTES);
	return r;
}

static int hash_link(struct walk *walk, int folder, const char *name)
{
	ssize_t n = readlinkat(folder, name, walk->chunk, CHUNK_BYTES);

	if (n < 0)
		return -errno;
	add_sized(walk, walk->chunk, (size_t)n);
	return 0;
}

static void hash_status(struct walk *walk, const char *name, const struct stat *status)
{
	bool file = S_ISREG(status->st_mode);
	bool device = S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode);
	char text[256];
	int length =
		snprintf(text, sizeof(text), "%o %u %u %" PRIu64 " %u:%u %lld.%09ld %u;",
			 status->st_mode, status->st_uid, status->st_gid,
			 file ? (uint64_t)status->st_size : 0, device ? major(status->st_rdev) : 0,
			 device ? minor(status->st_rdev) : 0, (long long)status->st_mtim.tv_sec,
			 status->st_mtim.tv_nsec, file ? (unsigned)status->st_nlink : 0);

	add_sized(walk, name, strlen(name));
	add(walk, text, (size_t)length);
}

static int hash_folder(struct walk *walk, int fd);

static int hash_opened(struct walk *walk, int folder, const char *name, const struct stat *status)
{
	bool is_folder = S_ISDIR(status->st_mode);
	AUTO_CLOSE int fd = openat(folder, name,
				   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
					   (is_folder ? O_DIRECTORY : 0));
	int r = fd < 0 ? -errno : hash_xattrs(walk, fd);

	if (r < 0)
		return r;
	return is_folder ? hash_folder(walk, fd) : hash_file(walk, fd, status->st_ino);
}

static int hash_entry(struct walk *walk, int folder, const char *name)
{
	struct stat status;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	hash_status(walk, name, &status);
	if (S_ISLNK(status.st_mode))
		return hash_link(walk, folder, name);
	if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
		return hash_opened(walk, folder, name, &status);
	return 0;
}

static int read_names(int fd, struct names *names)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *entries = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!entries)
		return -errno;
	while (r == 0 && (entry = readdir(entries)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = names_add(names, entry->d_name);
	closedir(entries);
	if (names->count > 1)
		qsort(names->at, names->count, sizeof(*names->at), compare);
	return r;
}

static int hash_folder(struct walk *walk, int fd)
{
	struct names names = { 0 };
	int r = walk->depth++ > TREEHASH_DEPTH_MAX ? -ELOOP : read_names(fd, &names);

	for (size_t i = 0; i < names.count && r == 0; i++) {
		r = hash_entry(walk, fd, names.at[i]);
		if (r < 0 && walk->error->code == 0)
			error_set(walk->error, r, "hash %.200s: %s", names.at[i], strerror(-r));
	}
	add(walk, "/", 1);
	walk->depth--;
	names_free(&names);
	return r;
}

static int finish(struct walk *walk, char ret[TREEHASH_BYTES])
{
	uint8_t tag[CHECKSUM_BYTES];
	int r = checksum_end(&walk->sum, tag);

	if (r < 0)
		return r;
	strcpy(ret, PREFIX);
	bytes_to_text(tag, sizeof(tag), ret + strlen(PREFIX));
	return 0;
}

int treehash(int folder, const struct filesums *known, char ret[TREEHASH_BYTES],
	     struct error *error)
{
	struct error inner = { 0 };
	struct walk walk = { .known = known,
			     .chunk = malloc(2 * XATTRS_BYTES_MAX),
			     .error = &inner };
	int r = -ENOMEM;

	checksum_start(&walk.sum);
	if (walk.chunk)
		r = hash_entry(&walk, folder, ".");
	if (r == 0)
		r = finish(&walk, ret);
	checksum_free(&walk.sum);
	checksum_free(&walk.file);
	free(walk.chunk);
	if (r < 0)
		return error_set(error, r, "%s", inner.code ? inner.text : strerror(-r));
	return 0;
}
