// SPDX-License-Identifier: Apache-2.0
/* See extract.h. Two readers of libarchive's one behind the other: inflate.h hands its bytes to one
 * that knows tar and nothing else. Must never give libarchive a path to write to. */
#include "oci/extract.h"
#include "lib/oci/entry.h"
#include "lib/text.h"
#include "oci/checksum.h"
#include "oci/inflate.h"
#include "oci/place.h"
#include "os/file.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define EARLY_BYTES (128 << 10) /* from this size on a file is on its way to the disk at once */

const struct extract_limits extract_limits = { .bytes = UINT64_C(64) << 30, .entries = 2000000 };

struct run {
	struct place place;
	struct archive *tar;
	struct archive_entry *entry;
	struct inflate *inflate;
	uint64_t entries, shown_bytes; /* so far */
	const struct extract_limits *limits;
	struct filesums *sums;
	struct checksum sum;
	struct error *error, inner; /* inner: what the callback met */
};

static la_ssize_t give(struct archive *tar, void *context, const void **ret)
{
	struct run *run = context;
	ssize_t n = inflate_next(run->inflate, ret, &run->inner);

	if (n < 0)
		archive_set_error(tar, EIO, "%s", run->inner.text);
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int tar_failed(struct run *run)
{
	const char *text = archive_error_string(run->tar);

	if (run->inner.code < 0)
		return error_set(run->error, run->inner.code, "%s", run->inner.text);
	return error_set(run->error, -EBADMSG, "tar: %s", text ? text : "damaged data");
}

static int get_node(struct run *run, struct place_node *ret)
{
	la_int64_t uid = archive_entry_uid(run->entry), gid = archive_entry_gid(run->entry);

	/* -1 is no owner for the kernel. */
	if (uid < 0 || gid < 0 || uid >= UINT32_MAX || gid >= UINT32_MAX)
		return error_set(run->error, -EBADMSG, "an owner out of range");
	*ret = (struct place_node){
		.mode = archive_entry_mode(run->entry),
		.uid = (uid_t)uid,
		.gid = (gid_t)gid,
		.device = archive_entry_rdev(run->entry),
		.modified = { archive_entry_mtime(run->entry),
			      archive_entry_mtime_nsec(run->entry) },
	};
	return 0;
}

/* trusted.* is overlayfs' own, and what it says there would be believed; so is user.overlay.*. */
static bool xattr_taken(const char *name)
{
	return strcmp(name, "security.capability") == 0 ||
	       (text_starts(name, "user.") && !text_starts(name, "user.overlay."));
}

static int set_xattrs(struct run *run, int fd)
{
	const char *name;
	const void *value;
	size_t size;

	archive_entry_xattr_reset(run->entry);
	while (run->place.layer &&
	       archive_entry_xattr_next(run->entry, &name, &value, &size) == ARCHIVE_OK)
		if (name && xattr_taken(name) && fsetxattr(fd, name, value, size, 0) < 0)
			return error_errno(run->error, "set attribute %.60s", name);
	return 0;
}

/* *whole: true before; and then, whether each byte of the file came once, in their order. */
static int write_blocks(struct run *run, int fd, bool *whole)
{
	const void *bytes;
	la_int64_t offset, next = 0, end = archive_entry_size(run->entry);
	size_t size;
	int status, r = 0;

	while (r == 0 && (status = archive_read_data_block(run->tar, &bytes, &size, &offset)) !=
				 ARCHIVE_EOF) {
		if (status != ARCHIVE_OK)
			return tar_failed(run);
		if (offset < 0 || offset > end || size > (uint64_t)(end - offset))
			return error_set(run->error, -EBADMSG, "data behind a file's end");
		r = file_write_at(fd, (uint64_t)offset, bytes, size, run->error);
		if (run->sums)
			checksum_add(&run->sum, bytes, size);
		*whole = *whole && offset == next;
		next = offset + (la_int64_t)size;
	}
	*whole = *whole && next == end;
	return r;
}

/* Of a file with holes it is not known. */
static int keep_sum(struct run *run, int fd, bool whole)
{
	uint8_t tag[CHECKSUM_BYTES];
	struct stat status;

	if (!run->sums)
		return 0;
	if (fstat(fd, &status) < 0)
		return error_errno(run->error, "look at it");
	whole = whole && checksum_end(&run->sum, tag) == 0;
	filesums_keep(run->sums, status.st_ino, whole ? tag : NULL);
	return 0;
}

static int write_data(struct run *run, int fd)
{
	la_int64_t end = archive_entry_size(run->entry);
	bool whole = true;
	int r;

	checksum_start(&run->sum);
	r = write_blocks(run, fd, &whole);
	/* A hole at the end. */
	if (r == 0 && ftruncate(fd, end) < 0)
		return error_errno(run->error, "write");
	/* The layer is synced in the end; the disk need not wait until then. */
	if (r == 0 && end >= EARLY_BYTES)
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return r == 0 ? keep_sum(run, fd, whole) : r;
}

static int add_file(struct run *run, char *path, const struct place_node *node)
{
	AUTO_CLOSE int fd = -1;
	la_int64_t size = archive_entry_size(run->entry);
	int r;

	if (size < 0 || (uint64_t)size > run->limits->bytes - run->shown_bytes)
		return error_set(run->error, -EFBIG, "files over %llu bytes in all",
				 (unsigned long long)run->limits->bytes);
	run->shown_bytes += (uint64_t)size;
	r = place_file(&run->place, path, &fd, run->error);
	if (r == 0)
		r = write_data(run, fd);
	if (r == 0)
		r = place_finish(&run->place, fd, node, run->error);
	/* last: a change of owner takes capabilities away */
	return r < 0 ? r : set_xattrs(run, fd);
}

static int add_folder(struct run *run, char *path, const struct place_node *node)
{
	AUTO_CLOSE int fd = -1;
	int r = place_folder(&run->place, path, node, &fd, run->error);

	if (r == 0)
		r = place_finish(&run->place, fd, node, run->error);
	return r < 0 ? r : set_xattrs(run, fd);
}

static int add_hard_link(struct run *run, char *path, const char *target)
{
	char clean[PATH_MAX];

	if (oci_entry_parse(target, clean) != OCI_ENTRY_NODE)
		return error_set(run->error, -EBADMSG, "a hard link that leads nowhere");
	return place_hard_link(&run->place, path, clean, run->error);
}

/* What may open devices is the runtime's to say, and it makes /dev itself: in a layer is none, nor
 * what a lower layer has there. 0:0 is a whiteout. */
static int add_special(struct run *run, char *path, struct place_node *node)
{
	bool device = S_ISCHR(node->mode) || S_ISBLK(node->mode);

	if (!run->place.layer || (!device && !S_ISFIFO(node->mode)))
		return error_set(run->error, -EBADMSG, "of a type that has no place here");
	if (device) {
		node->mode = S_IFCHR;
		node->device = 0;
	}
	return place_device(&run->place, path, node, run->error);
}

static int add_node(struct run *run, char *path)
{
	const char *target = archive_entry_hardlink(run->entry);
	struct place_node node;
	int r = get_node(run, &node);

	if (r < 0)
		return r;
	if (target)
		return add_hard_link(run, path, target);
	switch (node.mode & S_IFMT) {
	case S_IFREG:
		return add_file(run, path, &node);
	case S_IFDIR:
		return add_folder(run, path, &node);
	case S_IFLNK:
		target = archive_entry_symlink(run->entry);
		if (!target)
			return error_set(run->error, -EBADMSG, "a link without a target");
		return place_link(&run->place, path, target, &node, run->error);
	}
	return add_special(run, path, &node);
}

static int add_by_kind(struct run *run, int kind, char *path)
{
	struct place_node node;

	if (!run->place.layer && kind > OCI_ENTRY_ROOT)
		return 0;
	switch (kind) {
	case OCI_ENTRY_LEFT_OUT:
		return 0;
	case OCI_ENTRY_WHITEOUT:
		return place_whiteout(&run->place, path, run->error);
	case OCI_ENTRY_OPAQUE:
		return place_opaque(&run->place, path, run->error);
	case OCI_ENTRY_ROOT:
		if (archive_entry_filetype(run->entry) != S_IFDIR ||
		    archive_entry_hardlink(run->entry))
			return error_set(run->error, -EBADMSG, "the root is no folder");
		return get_node(run, &node) < 0 ? run->error->code : add_folder(run, path, &node);
	}
	return kind < 0 ? error_set(run->error, -EBADMSG, "a name that leads out of the layer")
			: add_node(run, path);
}

static int add(struct run *run)
{
	const char *name = archive_entry_pathname(run->entry);
	char path[PATH_MAX];
	int r;

	if (!name)
		return error_set(run->error, -EBADMSG, "an entry without a name");
	if (++run->entries > run->limits->entries)
		return error_set(run->error, -EFBIG, "over %llu entries",
				 (unsigned long long)run->limits->entries);
	r = oci_entry_parse(name, path);
	if (r == -ENAMETOOLONG)
		return error_set(run->error, r, "a name that is too long");
	r = add_by_kind(run, r, path);
	return r < 0 ? error_wrap(run->error, "entry %.100s", name) : 0;
}

static int add_all(struct run *run)
{
	int status, r = 0;

	while (r == 0) {
		status = archive_read_next_header(run->tar, &run->entry);
		if (status == ARCHIVE_EOF)
			return place_end(&run->place, run->error);
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			return tar_failed(run);
		r = add(run);
	}
	return r;
}

static int open_tar(struct run *run, const struct extract *extract)
{
	int r = inflate_open(extract->archive, extract->limits->bytes, &run->inflate, run->error);

	if (r < 0)
		return r;
	run->tar = archive_read_new();
	if (!run->tar)
		return error_set(run->error, -ENOMEM, "out of memory");
	archive_read_support_format_tar(run->tar);
	archive_read_support_format_empty(run->tar);
	archive_read_set_options(run->tar, "hdrcharset=BINARY");
	if (archive_read_open(run->tar, run, NULL, give, NULL) != ARCHIVE_OK)
		return tar_failed(run);
	return 0;
}

int extract(struct extract *extract, struct error *error)
{
	struct error local = { 0 };
	struct run run = {
		.place = { .tree = { extract->folder }, .layer = extract->layer, .parent = -1 },
		.limits = extract->limits,
		.sums = extract->sums,
		.error = error ? error : &local
	};
	int r = open_tar(&run, extract);

	if (r == 0)
		r = add_all(&run);
	if (r == 0)
		r = inflate_finish(run.inflate, extract->diff_id, run.error);
	if (run.tar)
		archive_read_free(run.tar);
	inflate_close(run.inflate);
	checksum_free(&run.sum);
	place_free(&run.place);
	return r;
}
