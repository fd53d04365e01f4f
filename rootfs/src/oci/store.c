// SPDX-License-Identifier: Apache-2.0
/* See store.h. Must never rename what is not synced, nor sync after a name that says it is there.
 */
#include "oci/store.h"
#include "lib/jsonwriter.h"
#include "lib/oci/fields.h"
#include "lib/oci/manifest.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/folder.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define LAYER_JSON "layer.json"
#define LAYER_JSON_BYTES_MAX 4096

static int open_made(int folder, const char *name, int *ret, struct error *error)
{
	if (mkdirat(folder, name, 0700) < 0 && errno != EEXIST)
		return error_errno(error, "make folder %s", name);
	*ret = openat(folder, name, FOLDER);
	return *ret < 0 ? error_errno(error, "open folder %s", name) : 0;
}

/* NAME/sha256 */
static int open_hashed(int root, const char *name, int *ret, struct error *error)
{
	AUTO_CLOSE int folder = -1;
	int r = open_made(root, name, &folder, error);

	return r < 0 ? r : open_made(folder, "sha256", ret, error);
}

static int open_lock(int folder, const char *name, int how, int *ret, struct error *error)
{
	*ret = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*ret < 0)
		return error_errno(error, "open %s", name);
	while (flock(*ret, how) < 0)
		if (errno != EINTR)
			return error_errno(error, "lock %s", name);
	return 0;
}

static int open_all(int root, bool exclusive, struct store *store, struct error *error)
{
	int r;

	r = open_lock(root, "lock", exclusive ? LOCK_EX : LOCK_SH, &store->lock, error);
	if (r == 0)
		r = open_hashed(root, "layers", &store->layers, error);
	if (r == 0)
		r = open_hashed(root, "blobs", &store->blobs, error);
	if (r == 0)
		r = open_made(root, "images", &store->images, error);
	if (r == 0)
		r = open_made(root, "holds", &store->holds, error);
	return r < 0 ? r : open_made(root, "tmp", &store->tmp, error);
}

/* Folders above it are for all to read; a name that is too long is what the store's own mkdir says.
 */
static void make_above(const char *path)
{
	char above[PATH_MAX];

	for (const char *at = path; (at = strchr(at + 1, '/'));)
		if (text_copy(above, sizeof(above), path, (size_t)(at - path)) == 0)
			mkdir(above, 0755);
}

int store_open(const char *path, bool exclusive, struct store *ret, struct error *error)
{
	AUTO_CLOSE int root = -1;
	int r;

	*ret = (struct store){ -1, -1, -1, -1, -1, -1 };
	if (mkdir(path, 0700) < 0 && errno == ENOENT)
		make_above(path);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_errno(error, "make store %s", path);
	root = open(path, FOLDER);
	if (root < 0)
		return error_errno(error, "open store %s", path);
	r = open_all(root, exclusive, ret, error);
	if (r < 0) {
		store_close(ret);
		error_wrap(error, "store %s", path);
	}
	return r;
}

void store_close(struct store *store)
{
	close_fd(&store->tmp);
	close_fd(&store->holds);
	close_fd(&store->images);
	close_fd(&store->blobs);
	close_fd(&store->layers);
	close_fd(&store->lock);
}

/* Of documents: who starts a container needs no crypto library for that. */
void store_digest(const char *bytes, size_t size, char ret[OCI_DIGEST_BYTES])
{
	struct sha256 hash;
	uint8_t sum[SHA256_BYTES];

	sha256_start(&hash);
	sha256_add(&hash, bytes, size);
	sha256_finish(&hash, sum);
	oci_digest_format(sum, ret);
}

void store_record_name(const char *name, char ret[STORE_NAME_BYTES])
{
	char digest[OCI_DIGEST_BYTES];

	store_digest(name, strlen(name), digest);
	snprintf(ret, STORE_NAME_BYTES, "%s.json", oci_digest_hex(digest));
}

static void temporary_name(const char *name, char ret[STORE_NAME_BYTES])
{
	snprintf(ret, STORE_NAME_BYTES, "%.70s.%u", name, (unsigned)gettid());
}

static int put_file(const struct store *store, int folder, const char *name, const char *bytes,
		    size_t size, bool durable, struct error *error)
{
	AUTO_CLOSE int fd = -1;
	char temporary[STORE_NAME_BYTES];

	temporary_name(name, temporary);
	fd = openat(store->tmp, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return error_errno(error, "create %s", name);
	if (file_append(fd, bytes, size) < 0 || (durable && fsync(fd) < 0) ||
	    renameat(store->tmp, temporary, folder, name) < 0 || (durable && fsync(folder) < 0)) {
		error_errno(error, "write %s", name);
		unlinkat(store->tmp, temporary, 0);
		return error ? error->code : -EIO;
	}
	return 0;
}

int store_put_file(const struct store *store, int folder, const char *name, const char *bytes,
		   size_t size, struct error *error)
{
	return put_file(store, folder, name, bytes, size, true, error);
}

int store_put_fleeting(const struct store *store, int folder, const char *name, const char *bytes,
		       size_t size, struct error *error)
{
	return put_file(store, folder, name, bytes, size, false, error);
}

int store_read_file(int folder, const char *name, size_t max_bytes, char **ret, size_t *ret_size,
		    struct error *error)
{
	AUTO_CLOSE int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	AUTO_FREE char *bytes = NULL;
	struct stat status;
	int r;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, "open %s", name);
	if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size > max_bytes)
		return error_set(error, -EFBIG, "%s is no file, or too long", name);
	bytes = malloc((size_t)status.st_size + 1);
	if (!bytes)
		return error_set(error, -ENOMEM, "out of memory");
	r = file_read_at(fd, 0, bytes, (size_t)status.st_size, error);
	if (r < 0)
		return error_wrap(error, "read %s", name);
	bytes[status.st_size] = '\0';
	*ret_size = (size_t)status.st_size;
	*ret = bytes;
	bytes = NULL;
	return 0;
}

int store_put_blob(const struct store *store, const char *digest, const char *bytes, size_t size,
		   struct error *error)
{
	return store_put_file(store, store->blobs, oci_digest_hex(digest), bytes, size, error);
}

int store_get_blob(const struct store *store, const char *digest, char **ret, size_t *ret_size,
		   struct error *error)
{
	AUTO_FREE char *bytes = NULL;
	char got[OCI_DIGEST_BYTES];
	size_t size;
	int r = store_read_file(store->blobs, oci_digest_hex(digest), OCI_DOCUMENT_BYTES_MAX,
				&bytes, &size, error);

	if (r < 0)
		return error_wrap(error, "blob");
	store_digest(bytes, size, got);
	if (strcmp(got, digest) != 0)
		return error_set(error, -EBADMSG, "blob %s: its bytes are others", digest);
	*ret = bytes;
	*ret_size = size;
	bytes = NULL;
	return 0;
}

int store_each(int folder, store_visit *visit, void *context, struct error *error)
{
	int again = openat(folder, ".", FOLDER), r = 0;
	DIR *entries = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!entries)
		return error_errno(error, "read a folder");
	while (r == 0 && (entry = readdir(entries)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = visit(context, entry->d_name, error);
	closedir(entries);
	return r;
}

bool store_has_layer(const struct store *store, const char *diff_id)
{
	struct stat status;

	return fstatat(store->layers, oci_digest_hex(diff_id), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static void layer_name(const char *diff_id, char ret[STORE_NAME_BYTES])
{
	snprintf(ret, STORE_NAME_BYTES, "%s.layer", oci_digest_hex(diff_id));
}

int store_lock_layer(const struct store *store, const char *diff_id, int *ret_lock,
		     struct error *error)
{
	char name[STORE_NAME_BYTES];

	snprintf(name, sizeof(name), "%s.lock", oci_digest_hex(diff_id));
	return open_lock(store->tmp, name, LOCK_EX, ret_lock, error);
}

void store_discard_layer(const struct store *store, const char *diff_id)
{
	char name[STORE_NAME_BYTES];
	struct stat status;

	layer_name(diff_id, name);
	if (fstatat(store->tmp, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	folder_remove_contents(openat(store->tmp, name, FOLDER), status.st_dev, NULL);
	unlinkat(store->tmp, name, AT_REMOVEDIR);
}

int store_begin_layer(const struct store *store, const char *diff_id, int *ret_folder,
		      struct error *error)
{
	AUTO_CLOSE int layer = -1;
	char name[STORE_NAME_BYTES];
	int r;

	layer_name(diff_id, name);
	store_discard_layer(store, diff_id);
	if (mkdirat(store->tmp, name, 0700) < 0)
		return error_errno(error, "make folder %s", name);
	layer = openat(store->tmp, name, FOLDER);
	if (layer < 0)
		return error_errno(error, "open folder %s", name);
	r = open_made(layer, "diff", ret_folder, error);
	/* 0755 as the root of a container; the store's own folders keep others out. */
	if (r == 0 && fchmod(*ret_folder, 0755) < 0)
		r = error_errno(error, "change mode of a folder");
	return r;
}

static int write_record(int layer, const struct store_layer *record, struct error *error)
{
	AUTO_CLOSE int fd = openat(layer, LAYER_JSON,
				   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	char text[LAYER_JSON_BYTES_MAX];
	int length = snprintf(text, sizeof(text),
			      "{\"diff_id\":\"%s\",\"digest\":\"%s\",\"size\":%" PRIu64
			      ",\"tree\":\"%s\"}\n",
			      record->diff_id, record->digest, record->size_bytes, record->tree);

	if (fd < 0 || file_append(fd, text, (size_t)length) < 0)
		return error_errno(error, "write " LAYER_JSON);
	return 0;
}

int store_commit_layer(const struct store *store, const struct store_layer *layer,
		       struct error *error)
{
	AUTO_CLOSE int folder = -1;
	char name[STORE_NAME_BYTES];
	int r;

	layer_name(layer->diff_id, name);
	folder = openat(store->tmp, name, FOLDER);
	if (folder < 0)
		return error_errno(error, "open folder %s", name);
	r = write_record(folder, layer, error);
	if (r < 0)
		return r;
	if (syncfs(folder) < 0)
		return error_errno(error, "sync");
	if (renameat(store->tmp, name, store->layers, oci_digest_hex(layer->diff_id)) < 0 ||
	    fsync(store->layers) < 0)
		return error_errno(error, "rename %s", name);
	return 0;
}

static int read_record(int folder, struct store_layer *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	struct json json;
	uint32_t size_node;
	int64_t size = 0;
	size_t length;
	int r = store_read_file(folder, LAYER_JSON, LAYER_JSON_BYTES_MAX, &text, &length, error);

	if (r == 0)
		r = oci_parse_object(text, length, &json, error);
	if (r < 0)
		return r;
	size_node = json_member(&json, 0, "size");
	if (oci_member_text(&json, 0, "diff_id", ret->diff_id, sizeof(ret->diff_id)) < 0 ||
	    oci_member_text(&json, 0, "digest", ret->digest, sizeof(ret->digest)) < 0 ||
	    oci_member_text(&json, 0, "tree", ret->tree, sizeof(ret->tree)) < 0 || !size_node ||
	    json.nodes[size_node].type != JSON_NUMBER || json_integer(&json, size_node, &size) < 0)
		r = error_set(error, -EBADMSG, LAYER_JSON " lacks something");
	ret->size_bytes = (uint64_t)size;
	json_free(&json);
	return r;
}

int store_open_layer(const struct store *store, const char *diff_id, int *ret_folder,
		     struct store_layer *ret, struct error *error)
{
	struct store_layer layer = { 0 };
	AUTO_CLOSE int folder = openat(store->layers, oci_digest_hex(diff_id), FOLDER);
	int r;

	if (folder < 0)
		return error_errno(error, "layer %s", diff_id);
	r = read_record(folder, &layer, error);
	if (r == 0 && strcmp(layer.diff_id, diff_id) != 0)
		r = error_set(error, -EBADMSG, LAYER_JSON " is another layer's");
	if (r < 0)
		return error_wrap(error, "layer %s", diff_id);
	*ret = layer;
	*ret_folder = folder;
	folder = -1;
	return 0;
}
