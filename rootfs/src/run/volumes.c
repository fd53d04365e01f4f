// SPDX-License-Identifier: Apache-2.0
/* See volumes.h. */
#include "run/volumes.h"
#include "lib/oci/fields.h"
#include "lib/run/document.h"
#include "lib/run/volumes.h"
#include "lib/text.h"
#include "os/folder.h"
#include "os/removal.h"
#include "os/treecopy.h"
#include "run/verbs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_BYTES_MAX (64 << 10)
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct record {
	struct words options; /* as --opt had them */
	bool owned;           /* uid and gid were given */
};

static void put_record(struct json_writer *writer, const struct run_options *options)
{
	document_open(writer, NULL, '{');
	document_text(writer, "driver", options->driver ? options->driver : "local");
	document_texts(writer, "options", &options->driver_options);
	document_texts(writer, "labels", &options->labels);
	document_flag(writer, "owned", options->uid || options->gid);
	document_close(writer, '}');
	json_put_text(writer, "\n");
}

static int write_record(int folder, const struct run_options *options, struct error *error)
{
	struct json_writer writer = { 0 };
	AUTO_CLOSE int fd =
		openat(folder, "volume.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r = 0;

	put_record(&writer, options);
	if (writer.failed)
		r = error_set(error, -ENOMEM, "out of memory");
	else if (fd < 0 || file_append(fd, writer.text, writer.used) < 0)
		r = error_errno(error, "write volume.json");
	free(writer.text);
	return r;
}

static int read_id(const char *option, const char *text, uint32_t *ret, struct error *error)
{
	uint64_t id = 0;

	if (text && text_to_number(text, UINT32_MAX - 1, &id) < 0)
		return error_set(error, -EINVAL, "--%s=%s is no number", option, text);
	*ret = (uint32_t)id;
	return 0;
}

static int fill_new(int folder, const struct run_options *options, struct error *error)
{
	uint32_t uid, gid;
	int r = read_id("uid", options->uid, &uid, error);

	if (r == 0)
		r = read_id("gid", options->gid, &gid, error);
	if (r < 0)
		return r;
	if (mkdirat(folder, "_data", 0755) < 0 || fchownat(folder, "_data", uid, gid, 0) < 0)
		return error_errno(error, "make _data");
	r = write_record(folder, options, error);
	if (r == 0 && syncfs(folder) < 0)
		r = error_errno(error, "sync");
	return r;
}

static int make(const struct places *places, const struct run_options *options, const char *name,
		struct error *error)
{
	const char *all = place_kept(places, "volumes", NULL, NULL);
	const char *temporary = arena_format(places->arena, "%s/.%s", all, name);
	AUTO_CLOSE int folder = -1;
	AUTO_CLOSE int parent = -1;
	int r = place_make(all, false, error);

	if (r == 0)
		r = removal_of(temporary, error);
	if (r == 0)
		r = place_make(temporary, true, error);
	if (r < 0)
		return r;
	folder = open(temporary, FOLDER);
	parent = open(all, FOLDER);
	if (folder < 0 || parent < 0)
		return error_errno(error, "open %s", temporary);
	r = fill_new(folder, options, error);
	if (r == 0 && (renameat(AT_FDCWD, temporary, parent, name) < 0 || fsync(parent) < 0))
		r = error_errno(error, "rename %s", temporary);
	return r;
}

int volume_make(const struct places *places, const struct run_options *options, const char *name,
		struct error *error)
{
	AUTO_CLOSE int lock = -1;
	int r = run_volume_check(options, error);

	if (r == 0)
		r = place_lock(places, "volume", name, &lock, error);
	if (r == 0 && access(place_kept(places, "volumes", name, NULL), F_OK) < 0)
		r = make(places, options, name, error);
	return r < 0 ? error_wrap(error, "volume %s", name) : 0;
}

int verb_volume(const struct places *places, const struct run_options *options, struct error *error)
{
	return volume_make(places, options, options->operand, error);
}

static int read_record(const struct places *places, const char *name, struct record *ret,
		       struct error *error)
{
	const char *text;
	struct json json;
	uint32_t node, owned;
	size_t size;
	int r = place_read(places, place_kept(places, "volumes", name, "volume.json"),
			   RECORD_BYTES_MAX, &text, &size, error);

	if (r == 0)
		r = oci_parse_object(text, size, &json, error);
	if (r < 0)
		return r;
	node = json_member(&json, 0, "options");
	owned = json_member(&json, 0, "owned");
	ret->owned = owned && json.nodes[owned].type == JSON_TRUE;
	for (uint32_t at = node ? json_first(&json, node) : 0; at; at = json.nodes[at].next) {
		char option[4096];

		if (oci_text(&json, at, option, sizeof(option)) < 0)
			r = error_set(error, -EBADMSG, "volume %s: volume.json is not ours", name);
		else
			words_add(&ret->options, places->arena,
				  arena_copy(places->arena, option, strlen(option)));
	}
	json_free(&json);
	return r;
}

static const char *option_of(const struct record *record, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = record->options.count; i > 0; i--)
		if (strncmp(record->options.at[i - 1], name, length) == 0)
			return record->options.at[i - 1] + length;
	return NULL;
}

static bool is_empty(int folder)
{
	int again = openat(folder, ".", FOLDER);
	DIR *entries = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	bool empty = entries != NULL;

	while (entries && (entry = readdir(entries)))
		empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (entries)
		closedir(entries);
	return empty;
}

static int mark(int folder, const char *name, struct error *error)
{
	AUTO_CLOSE int fd = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 || fsync(folder) < 0 ? error_errno(error, "make %s", name) : 0;
}

static bool is_marked(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* See the order in volumes.h. */
static int fill(int folder, int data, int from, struct error *error)
{
	struct stat status;
	int r = mark(folder, "copying", error);

	if (r == 0 && fstat(data, &status) < 0)
		r = error_errno(error, "_data");
	if (r < 0)
		return r;
	folder_remove_contents(openat(data, ".", FOLDER), status.st_dev, NULL);
	r = treecopy(from, data, error);
	if (r == 0 && syncfs(data) < 0)
		r = error_errno(error, "sync");
	if (r == 0)
		r = mark(folder, "copied", error);
	if (r == 0)
		unlinkat(folder, "copying", 0);
	return r < 0 ? error_wrap(error, "fill from the image") : 0;
}

/* What the image has at the place, if that is a folder. */
static int fill_first(int folder, int data, int from, const struct run_identity *identity,
		      const struct record *record, bool no_copy, struct error *error)
{
	bool cut = is_marked(folder, "copying");
	int r = 0;

	if (is_marked(folder, "copied"))
		return 0;
	if (!cut && !is_empty(data))
		return mark(folder, "copied", error);
	if (!record->owned && from >= 0)
		r = treecopy_attributes(from, data, error);
	else if (!record->owned && fchown(data, identity->uid, identity->gid) < 0)
		r = error_errno(error, "chown");
	if (r == 0 && from >= 0 && !no_copy && !is_empty(from))
		r = fill(folder, data, from, error);
	return r;
}

static int open_image_folder(const struct tree *rootfs, const char *destination)
{
	return tree_at(rootfs, destination, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
}

static int use_folder(const char *path, const struct tree *rootfs,
		      const struct run_identity *identity, const struct record *record,
		      struct run_mount *mount, struct arena *arena, struct error *error)
{
	AUTO_CLOSE int folder = open(path, FOLDER);
	AUTO_CLOSE int data = folder < 0 ? -1 : openat(folder, "_data", FOLDER);
	AUTO_CLOSE int from = open_image_folder(rootfs, mount->destination);
	bool no_copy = mount->no_copy;

	for (size_t i = 0; i < record->options.count; i++)
		no_copy |= strcmp(record->options.at[i], "nocopy") == 0;
	if (data < 0)
		return error_errno(error, "open %s/_data", path);
	mount->source = arena_format(arena, "%s/_data", path);
	return fill_first(folder, data, from, identity, record, no_copy, error);
}

/* A volume that is a file system of its own: the runtime mounts it, as mount(8) would. */
static void use_device(const struct record *record, struct run_mount *mount, struct arena *arena)
{
	const char *type = option_of(record, "type="), *options = option_of(record, "o=");
	const char *device = option_of(record, "device=");

	mount->kind = RUN_MOUNT_OTHER;
	mount->type = type ? type : "bind";
	mount->source = device ? device : mount->type;
	mount->options.count = 0;
	if (strcmp(mount->type, "bind") == 0)
		words_add(&mount->options, arena, "rbind");
	for (const char *at = options ? options : ""; *at != '\0';) {
		size_t length = strcspn(at, ",");
		const char *option = arena_copy(arena, at, length);

		if (option && length > 0)
			words_add(&mount->options, arena, option);
		at += length + (at[length] == ',');
	}
	if (mount->read_only)
		words_add(&mount->options, arena, "ro");
}

static int use_named(const struct places *places, const struct tree *rootfs,
		     const struct run_identity *identity, struct run_mount *mount,
		     struct error *error)
{
	static const struct run_options plain = { 0 };
	const char *name = mount->source;
	struct record record = { 0 };
	AUTO_CLOSE int lock = -1;
	int r = volume_make(places, &plain, name, error);

	if (r == 0)
		r = place_lock(places, "volume", name, &lock, error);
	if (r == 0)
		r = read_record(places, name, &record, error);
	if (r < 0)
		return r;
	if (option_of(&record, "image=")) {
		mount->kind = RUN_MOUNT_IMAGE;
		mount->source = option_of(&record, "image=");
		mount->read_only = true;
		words_add(&mount->options, places->arena, "ro");
		return 0;
	}
	if (option_of(&record, "device=") || option_of(&record, "type=")) {
		use_device(&record, mount, places->arena);
		return 0;
	}
	return use_folder(place_kept(places, "volumes", name, NULL), rootfs, identity, &record,
			  mount, places->arena, error);
}

int volume_use(const struct places *places, const struct tree *rootfs,
	       const struct run_identity *identity, const char *anonymous, struct run_mount *mount,
	       struct error *error)
{
	static const struct record none = { 0 };
	const char *data = arena_format(places->arena, "%s/_data", anonymous);
	int r;

	if (mount->kind == RUN_MOUNT_VOLUME) {
		r = use_named(places, rootfs, identity, mount, error);
	} else {
		r = place_make(data, true, error);
		if (r == 0)
			r = use_folder(anonymous, rootfs, identity, &none, mount, places->arena,
				       error);
	}
	return r < 0 ? error_wrap(error, "volume at %s", mount->destination) : 0;
}
