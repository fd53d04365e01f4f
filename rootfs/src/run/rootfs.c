// SPDX-License-Identifier: Apache-2.0
/*
 * See rootfs.h. overlayfs by the calls of fsopen(2): a layer is an argument of its own, so there is
 * no page that all of them have to fit into. They are named by descriptors: a path may be longer
 * than the 255 bytes that an argument may have.
 *
 * "volatile": nothing is synced, as the upper folder does not outlive the container.
 * "redirect_dir=nofollow,metacopy=off": a layer's attributes cannot point elsewhere.
 */
#include "run/rootfs.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LAYERS_MAX 500 /* overlayfs' own limit */

static int set_text(int fs, const char *key, const char *value, struct error *error)
{
	if (syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0) < 0)
		return error_errno(error, "overlay: %s=%s", key, value);
	return 0;
}

/* A folder by a descriptor, which is open until the mount is made. */
static int set_folder(int fs, const char *key, const char *path, int *ret_open, struct error *error)
{
	char link[64];
	int r;

	*ret_open = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_open < 0)
		return error_errno(error, "open %s", path);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", *ret_open);
	r = set_text(fs, key, link, error);
	return r < 0 ? error_wrap(error, "%s", path) : 0;
}

struct folders {
	int at[LAYERS_MAX + 2];
	size_t count;
};

static void close_folders(struct folders *folders)
{
	while (folders->count > 0)
		close_fd(&folders->at[--folders->count]);
}

static int add_folder(struct folders *folders, int fs, const char *key, const char *path,
		      struct error *error)
{
	return set_folder(fs, key, path, &folders->at[folders->count++], error);
}

/* A clone of a mount, which nothing has yet. */
static int clone_of(const char *source, bool read_only, int users, int *ret, struct error *error)
{
	struct mount_attr attributes = {
		.attr_set =
			(read_only ? MOUNT_ATTR_RDONLY : 0) | (users >= 0 ? MOUNT_ATTR_IDMAP : 0),
		.userns_fd = users >= 0 ? (uint64_t)users : 0,
	};

	*ret = (int)syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (*ret < 0)
		return error_errno(error, "open %s", source);
	if (attributes.attr_set != 0 && syscall(SYS_mount_setattr, *ret, "", AT_EMPTY_PATH,
						&attributes, sizeof(attributes)) < 0)
		return error_errno(error, "set %s%s of %s", read_only ? "read-only" : "",
				   users >= 0 ? " users" : "", source);
	return 0;
}

static int attach(int mount, const char *target, struct error *error)
{
	if (syscall(SYS_move_mount, mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return error_errno(error, "mount at %s", target);
	return 0;
}

static bool is_mapped(const struct mapping *mapping)
{
	return mapping && mapping->users >= 0;
}

/* overlayfs itself cannot be mapped, what it is made of can; and it takes nothing that is mounted
 * nowhere. */
static int map_folder(const char *source, const struct mapping *mapping, size_t number, char *ret,
		      size_t room, struct error *error)
{
	AUTO_CLOSE int mount = -1;
	int r;

	if (snprintf(ret, room, "%s/%zu", mapping->folder, number) >= (int)room)
		return error_set(error, -ENAMETOOLONG, "%s is too long", mapping->folder);
	if ((mkdir(mapping->folder, 0700) < 0 && errno != EEXIST) ||
	    (mkdir(ret, 0700) < 0 && errno != EEXIST))
		return error_errno(error, "make %s", ret);
	r = clone_of(source, false, mapping->users, &mount, error);
	return r < 0 ? r : attach(mount, ret, error);
}

static int add_layer(struct folders *folders, int fs, const char *layer, size_t number,
		     const struct mapping *mapping, struct error *error)
{
	char path[PATH_MAX];
	int r;

	if (!is_mapped(mapping))
		return add_folder(folders, fs, "lowerdir+", layer, error);
	r = map_folder(layer, mapping, number, path, sizeof(path), error);
	return r < 0 ? r : add_folder(folders, fs, "lowerdir+", path, error);
}

static int add_kept(struct folders *folders, int fs, const char *kept, struct error *error)
{
	char path[PATH_MAX];
	int r;

	if (strlen(kept) + sizeof("/upper") > sizeof(path))
		return error_set(error, -ENAMETOOLONG, "%s is too long", kept);
	snprintf(path, sizeof(path), "%s/upper", kept);
	r = add_folder(folders, fs, "upperdir", path, error);
	snprintf(path, sizeof(path), "%s/work", kept);
	if (r == 0)
		r = add_folder(folders, fs, "workdir", path, error);
	if (r == 0 && syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "volatile", NULL, 0) < 0)
		r = error_errno(error, "overlay: volatile");
	return r;
}

/* The highest layer is named first. */
static int configure(int fs, const char *const *layers, size_t count, const char *kept,
		     const struct mapping *mapping, struct folders *folders, struct error *error)
{
	int r = set_text(fs, "source", "overlay", error);

	for (size_t i = count; i > 0 && r == 0; i--)
		r = add_layer(folders, fs, layers[i - 1], i - 1, mapping, error);
	if (r == 0 && kept)
		r = add_kept(folders, fs, kept, error);
	if (r == 0)
		r = set_text(fs, "redirect_dir", "nofollow", error);
	if (r == 0)
		r = set_text(fs, "metacopy", "off", error);
	if (r == 0 && syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		r = error_errno(error, "mount overlay of %zu layers", count);
	return r;
}

static int overlay(const char *const *layers, size_t count, const char *kept,
		   const struct mapping *mapping, const char *target, struct error *error)
{
	AUTO_CLOSE int fs = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
	AUTO_CLOSE int mount = -1;
	struct folders folders = { 0 };
	int r;

	if (fs < 0)
		return error_errno(error, "fsopen overlay");
	r = configure(fs, layers, count, kept, mapping, &folders, error);
	close_folders(&folders);
	if (r < 0)
		return r;
	mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NODEV | (kept ? 0 : MOUNT_ATTR_RDONLY));
	if (mount < 0)
		return error_errno(error, "fsmount");
	return attach(mount, target, error);
}

int rootfs_bind(const char *source, const char *target, bool read_only,
		const struct mapping *mapping, struct error *error)
{
	AUTO_CLOSE int mount = -1;
	int r = clone_of(source, read_only, is_mapped(mapping) ? mapping->users : -1, &mount,
			 error);

	return r < 0 ? r : attach(mount, target, error);
}

/* overlayfs without an upper folder wants two layers at least. */
int rootfs_mount(const char *const *layers, size_t count, const char *kept,
		 const struct mapping *mapping, const char *target, struct error *error)
{
	if (count == 0 || count > LAYERS_MAX)
		return error_set(error, -E2BIG, "%zu layers; there must be 1 to %d", count,
				 LAYERS_MAX);
	if (!kept && count == 1)
		return rootfs_bind(layers[0], target, true, mapping, error);
	return overlay(layers, count, kept, mapping, target, error);
}

/* What is mounted below a shared mount shows everywhere: the one that the folder lies on becomes
 * private, all others stay as they are, for volumes that ask to share. */
int rootfs_return(struct outside *outside, struct error *error)
{
	int r = 0;

	if (outside->mounts < 0)
		return 0;
	if (setns(outside->mounts, CLONE_NEWNS) < 0 || fchdir(outside->root) < 0 || chroot(".") < 0)
		r = error_errno(error, "return to the machine's mounts");
	close_fd(&outside->mounts);
	close_fd(&outside->root);
	return r;
}

int rootfs_unshare(const char *state, struct outside *ret_outside, struct error *error)
{
	struct mount_attr attributes = { .propagation = 1 << 18 /* MS_PRIVATE */ };
	char path[4096];

	ret_outside->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ret_outside->mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (ret_outside->root < 0 || ret_outside->mounts < 0 || unshare(CLONE_NEWNS) < 0)
		return error_errno(error, "unshare mounts");
	if (snprintf(path, sizeof(path), "%s", state) >= (int)sizeof(path))
		return error_set(error, -ENAMETOOLONG, "%s is too long", state);
	for (;;) {
		char *slash = strrchr(path, '/');

		if (syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attributes,
			    sizeof(attributes)) == 0)
			return 0;
		if (errno != EINVAL || !slash || strcmp(path, "/") == 0)
			return error_errno(error, "make the mount of %s private", state);
		slash[slash == path] = '\0';
	}
}
