// SPDX-License-Identifier: Apache-2.0
/* See saved.h. Must never open what a path or a link leads to outside of the tree. */
#include "oci/saved.h"
#include "lib/oci/saved.h"
#include "oci/blobfile.h"
#include "oci/store.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct conversion {
	const struct tree *tree;
	int blobs;
	struct arena *arena;
	struct oci_document *index;
	struct error *error;
};

static int make_blobs(const struct tree *tree, int *ret, struct error *error)
{
	AUTO_CLOSE int above = -1;

	if (mkdirat(tree->fd, "blobs", 0700) == 0 || errno == EEXIST)
		above = openat(tree->fd, "blobs", FOLDER);
	if (above >= 0 && (mkdirat(above, "sha256", 0700) == 0 || errno == EEXIST))
		*ret = openat(above, "sha256", FOLDER);
	return *ret < 0 ? error_errno(error, "make blobs/sha256") : 0;
}

/* Layers that several images have are links in some archives. */
static int add_file(const struct conversion *c, const char *path, struct oci_descriptor *ret)
{
	AUTO_CLOSE int fd = tree_at(c->tree, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char link[64];
	int r;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(c->error, "open %.100s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(c->error, -EBADMSG, "%.100s is no file", path);
	r = blobfile_describe(fd, ret, c->error);
	if (r < 0)
		return r;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, link, c->blobs, oci_digest_hex(ret->digest), AT_SYMLINK_FOLLOW) < 0 &&
	    errno != EEXIST)
		return error_errno(c->error, "link %.100s", path);
	return 0;
}

/* What is there of that name has its digest checked like any other. */
static int add_text(const struct conversion *c, const char *text, size_t size,
		    struct oci_descriptor *ret)
{
	AUTO_CLOSE int fd = -1;

	*ret = (struct oci_descriptor){ .size_bytes = size };
	store_digest(text, size, ret->digest);
	fd = openat(c->blobs, oci_digest_hex(ret->digest),
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 ? errno != EEXIST : file_append(fd, text, size) < 0)
		return error_errno(c->error, "write a manifest");
	return 0;
}

static int add_manifest(const struct conversion *c, const struct oci_saved *image,
			struct oci_descriptor *ret)
{
	struct oci_descriptor config,
		*layers = arena_get(c->arena, image->layer_count, sizeof(*layers));
	struct json_writer writer = { 0 };
	int r = layers ? add_file(c, image->config, &config)
		       : error_set(c->error, -ENOMEM, "out of memory");

	for (size_t i = 0; i < image->layer_count && r == 0; i++)
		r = add_file(c, image->layers[i], &layers[i]);
	if (r < 0)
		return r;
	oci_saved_manifest(&config, layers, image->layer_count, &writer);
	r = writer.failed ? error_set(c->error, -ENOMEM, "out of memory")
			  : add_text(c, writer.text, writer.used, ret);
	free(writer.text);
	return r;
}

/* One of each name, or one that has none. */
static int add_image(const struct conversion *c, const struct oci_saved *image)
{
	struct oci_descriptor manifest;
	int r = add_manifest(c, image, &manifest);

	for (size_t i = 0; r == 0 && i < image->name_count; i++) {
		manifest.name = image->names[i];
		c->index->parts[c->index->count++] = manifest;
	}
	if (r == 0 && image->name_count == 0)
		c->index->parts[c->index->count++] = manifest;
	return r;
}

static int add_all(const struct conversion *c, const struct oci_saved_list *images)
{
	size_t parts = 0;
	int r = 0;

	for (size_t i = 0; i < images->count; i++)
		parts += images->at[i].name_count > 0 ? images->at[i].name_count : 1;
	if (parts > OCI_INDEX_MAX)
		return error_set(c->error, -EFBIG, "over %d names", OCI_INDEX_MAX);
	c->index->parts = arena_get(c->arena, parts, sizeof(*c->index->parts));
	if (!c->index->parts)
		return error_set(c->error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < images->count && r == 0; i++)
		r = add_image(c, &images->at[i]);
	return r;
}

int saved_convert(const struct tree *tree, const char *text, size_t size, struct arena *arena,
		  struct oci_document *ret, struct error *error)
{
	struct conversion conversion = {
		.tree = tree, .blobs = -1, .arena = arena, .index = ret, .error = error
	};
	struct oci_saved_list images;
	int r = oci_saved_parse(text, size, arena, &images, error);

	*ret = (struct oci_document){ .index = true };
	if (r == 0)
		r = make_blobs(tree, &conversion.blobs, error);
	if (r == 0)
		r = add_all(&conversion, &images);
	close_fd(&conversion.blobs);
	return r;
}
