// SPDX-License-Identifier: Apache-2.0
/* See layout.h. Must never follow a link of the layout's out of it. */
#include "oci/layout.h"
#include "oci/blobfile.h"
#include "oci/extract.h"
#include "oci/saved.h"
#include "os/file.h"
#include "os/folder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

static int open_file(const struct tree *tree, const char *path, int *ret, struct stat *ret_status,
		     struct error *error)
{
	AUTO_CLOSE int fd = tree_at(tree, path, READ);

	if (fd < 0 || fstat(fd, ret_status) < 0)
		return error_errno(error, "open %s", path);
	if (!S_ISREG(ret_status->st_mode))
		return error_set(error, -EBADMSG, "%s is no file", path);
	*ret = fd;
	fd = -1;
	return 0;
}

static int read_document(const struct tree *tree, const char *path, char **ret, size_t *ret_size,
			 struct error *error)
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *text = NULL;
	struct stat status;
	int r = open_file(tree, path, &fd, &status, error);

	if (r < 0)
		return r;
	if (status.st_size > OCI_DOCUMENT_BYTES_MAX)
		return error_set(error, -EFBIG, "%s is too long", path);
	text = malloc((size_t)status.st_size + 1);
	if (!text)
		return error_set(error, -ENOMEM, "out of memory");
	r = file_read_at(fd, 0, text, (size_t)status.st_size, error);
	if (r < 0)
		return error_wrap(error, "read %s", path);
	text[status.st_size] = '\0';
	*ret_size = (size_t)status.st_size;
	*ret = text;
	text = NULL;
	return 0;
}

static void blob_path(const char *digest, char ret[STORE_NAME_BYTES])
{
	snprintf(ret, STORE_NAME_BYTES, "blobs/sha256/%s", oci_digest_hex(digest));
}

static int get_document(void *context, const struct oci_descriptor *descriptor, bool config,
			char **ret, size_t *ret_size, struct error *error)
{
	const struct layout *layout = context;
	char path[STORE_NAME_BYTES];

	(void)config;
	blob_path(descriptor->digest, path);
	return read_document(&layout->tree, path, ret, ret_size, error);
}

static int get_layer(void *context, const struct oci_descriptor *descriptor, int *ret,
		     struct error *error)
{
	const struct layout *layout = context;
	AUTO_CLOSE int fd = -1;
	struct stat status;
	char path[STORE_NAME_BYTES];
	int r;

	blob_path(descriptor->digest, path);
	r = open_file(&layout->tree, path, &fd, &status, error);
	if (r == 0)
		r = blobfile_check(fd, descriptor, error);
	if (r < 0)
		return r;
	*ret = fd;
	fd = -1;
	return 0;
}

struct source layout_source(struct layout *layout)
{
	return (struct source){ .context = layout, .document = get_document, .layer = get_layer };
}

static int unpack(int archive, struct layout *layout, struct error *error)
{
	const struct store *store = layout->store;
	struct extract extract_one = { .archive = archive, .limits = &extract_limits };
	int r;

	snprintf(layout->unpacked, sizeof(layout->unpacked), "load.%u", (unsigned)getpid());
	if (mkdirat(store->tmp, layout->unpacked, 0700) < 0)
		return error_errno(error, "make folder tmp/%s", layout->unpacked);
	layout->tree.fd = openat(store->tmp, layout->unpacked,
				 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (layout->tree.fd < 0)
		return error_errno(error, "open folder tmp/%s", layout->unpacked);
	extract_one.folder = layout->tree.fd;
	r = extract(&extract_one, error);
	return r;
}

static int open_tree(const char *path, struct layout *layout, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, "open %s", path);
	if (!S_ISDIR(status.st_mode))
		return unpack(fd, layout, error);
	layout->tree.fd = fd;
	fd = -1;
	return 0;
}

static int read_index(struct layout *layout, struct arena *arena, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = read_document(&layout->tree, "index.json", &text, &size, error);

	if (r == 0)
		r = oci_document_parse(text, size, arena, &layout->index, error);
	if (r == 0 && !layout->index.index)
		r = error_set(error, -EBADMSG, "index.json is no index");
	return r;
}

/* An archive of the older form becomes a layout where it was unpacked. */
static int read_saved(struct layout *layout, struct arena *arena, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = read_document(&layout->tree, "manifest.json", &text, &size, error);

	if (r == -ENOENT)
		return error_set(error, r, "neither index.json nor manifest.json is in it");
	if (r == 0)
		r = saved_convert(&layout->tree, text, size, arena, &layout->index, error);
	return r < 0 ? error_wrap(error, "manifest.json") : 0;
}

int layout_open(const char *path, const struct store *store, struct arena *arena,
		struct layout *ret, struct error *error)
{
	int r;

	*ret = (struct layout){ .tree = { -1 }, .store = store };
	r = open_tree(path, ret, error);
	if (r == 0)
		r = read_index(ret, arena, error);
	if (r == -ENOENT && ret->unpacked[0] != '\0')
		r = read_saved(ret, arena, error);
	if (r < 0) {
		layout_close(ret);
		error_wrap(error, "%s", path);
	}
	return r;
}

void layout_close(struct layout *layout)
{
	struct stat status;

	if (layout->unpacked[0] != '\0' && layout->tree.fd >= 0 &&
	    fstat(layout->tree.fd, &status) == 0)
		folder_remove_contents(dup(layout->tree.fd), status.st_dev, NULL);
	tree_close(&layout->tree);
	if (layout->unpacked[0] != '\0')
		unlinkat(layout->store->tmp, layout->unpacked, AT_REMOVEDIR);
}
