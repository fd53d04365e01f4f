// SPDX-License-Identifier: Apache-2.0
/*
 * The verb export-bundle. All is made in a folder .NAME.PID.export beside what is wanted, synced,
 * then renamed: a crash, or a signal, leaves that folder, which means nothing and can be removed,
 * or the whole bundle; a failure leaves neither. overlayfs puts the layers together, in mounts of
 * our own, so whiteouts mean here what they mean for containers. Must never replace what is there.
 */
#include "oci/exportconfig.h"
#include "oci/verbs.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/treecopy.h"
#include "run/rootfs.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct export
{
	struct arena arena;
	struct hold hold;
	const char *name;  /* in parent */
	const char *draft; /* likewise */
	const char *path;  /* of the draft */
	int parent, folder;
};

/* Absolute, as it is looked at from mounts of our own. */
static int find_parent(struct export *export, const char *above, struct error *error)
{
	AUTO_FREE char *real = above ? realpath(above, NULL) : NULL;

	export->parent = real ? open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (export->parent < 0)
		return error_errno(error, "open folder %s", above ? above : "");
	export->draft =
		arena_format(&export->arena, ".%s.%u.export", export->name, (unsigned)getpid());
	export->path = arena_format(&export->arena, "%s/%s", real, export->draft);
	return export->arena.exhausted ? error_set(error, -ENOMEM, "out of memory") : 0;
}

static int open_parent(struct export *export, const char *path, struct error *error)
{
	size_t length = strlen(path);
	const char *slash, *above;
	int r;

	while (length > 1 && path[length - 1] == '/')
		length--;
	path = arena_copy(&export->arena, path, length);
	slash = path ? strrchr(path, '/') : NULL;
	export->name = slash ? slash + 1 : path;
	if (!path || !*export->name || strcmp(export->name, ".") == 0 ||
	    strcmp(export->name, "..") == 0)
		return error_set(error, -EINVAL, "give the bundle's folder a name");
	above = slash ? arena_copy(&export->arena, path, (size_t)(slash - path) + 1) : "./";
	r = find_parent(export, above, error);
	if (r < 0)
		return r;
	if (faccessat(export->parent, export->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(error, -EEXIST, "%s is there already; remedy: another name", path);
	return 0;
}

static int make_draft(struct export *export, struct error *error)
{
	static const char *const folders[] = { "rootfs", "mount", "empty" };

	if (mkdirat(export->parent, export->draft, 0700) < 0)
		return error_errno(error, "make folder %s", export->path);
	export->folder = openat(export->parent, export->draft, FOLDER);
	if (export->folder < 0)
		return error_errno(error, "open folder %s", export->path);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (mkdirat(export->folder, folders[i], 0755) < 0)
			return error_errno(error, "make folder %s", folders[i]);
	return 0;
}

/* An empty folder is the lowest layer: of a single one whiteouts would stay what they are. */
static int mount_layers(struct export *export, const char *target, struct error *error)
{
	const struct hold *hold = &export->hold;
	const char **layers = arena_get(&export->arena, hold->count + 1, sizeof(*layers));

	if (!layers)
		return error_set(error, -ENOMEM, "out of memory");
	layers[0] = arena_format(&export->arena, "%s/empty", export->path);
	for (size_t i = 0; i < hold->count; i++)
		layers[i + 1] = hold->layers[i];
	if (export->arena.exhausted)
		return error_set(error, -ENOMEM, "out of memory");
	return rootfs_mount(layers, hold->count + 1, NULL, NULL, target, error);
}

static int copy_tree(const struct export *export, const struct tree *root, struct error *error)
{
	AUTO_CLOSE int to = openat(export->folder, "rootfs", FOLDER);
	int r = to < 0 ? error_errno(error, "open rootfs") : treecopy(root->fd, to, error);

	return r == 0 ? treecopy_attributes(root->fd, to, error) : r;
}

static int write_config(struct export *export, const struct tree *root, struct error *error)
{
	AUTO_CLOSE int fd = openat(export->folder, "config.json",
				   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	struct json_writer writer = { 0 };
	int r = export_config(&export->hold, root, &export->arena, &writer, error);

	if (r == 0 && fd < 0)
		r = error_errno(error, "create config.json");
	if (r == 0 && (r = file_append(fd, writer.text, writer.used)) < 0)
		error_set(error, r, "write config.json: %s", strerror(-r));
	free(writer.text);
	return r;
}

static int fill(struct export *export, struct error *error)
{
	const char *target = arena_format(&export->arena, "%s/mount", export->path);
	struct outside outside = { -1, -1 };
	struct tree root = { -1 };
	int r = target ? rootfs_unshare(export->path, &outside, error)
		       : error_set(error, -ENOMEM, "out of memory");

	if (r == 0)
		r = mount_layers(export, target, error);
	if (r == 0)
		r = tree_open(target, &root, error);
	if (r == 0)
		r = copy_tree(export, &root, error);
	if (r == 0)
		r = write_config(export, &root, error);
	tree_close(&root);
	if (target)
		umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW);
	close_fd(&outside.mounts);
	close_fd(&outside.root);
	return r;
}

static int commit(const struct export *export, struct error *error)
{
	if (unlinkat(export->folder, "mount", AT_REMOVEDIR) < 0 ||
	    unlinkat(export->folder, "empty", AT_REMOVEDIR) < 0 || syncfs(export->folder) < 0 ||
	    renameat2(export->parent, export->draft, export->parent, export->name,
		      RENAME_NOREPLACE) < 0 ||
	    fsync(export->parent) < 0)
		return error_errno(error, "finish %s", export->name);
	return 0;
}

static void discard(struct export *export)
{
	struct stat status;

	if (export->folder < 0 || fstat(export->folder, &status) < 0)
		return;
	folder_remove_contents(export->folder, status.st_dev, NULL);
	export->folder = -1;
	unlinkat(export->parent, export->draft, AT_REMOVEDIR);
}

static int make(struct export *export, struct error *error)
{
	int r = make_draft(export, error);

	if (r == 0)
		r = fill(export, error);
	if (r == 0)
		r = commit(export, error);
	if (r < 0)
		discard(export);
	return r;
}

int verb_export_bundle(const struct options *options, const char *name, const char *path,
		       struct error *error)
{
	struct export export = { .parent = -1, .folder = -1 };
	char holder[32];
	int r = open_parent(&export, path, error);

	snprintf(holder, sizeof(holder), "export/%u", (unsigned)getpid());
	if (r == 0)
		r = hold_take(options->store, name, holder, &export.hold, error);
	if (r == 0) {
		r = make(&export, error);
		hold_drop(options->store, holder, NULL);
		hold_free(&export.hold);
	}
	close_fd(&export.folder);
	close_fd(&export.parent);
	arena_free(&export.arena);
	return r;
}
