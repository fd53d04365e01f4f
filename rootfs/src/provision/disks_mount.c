// SPDX-License-Identifier: Apache-2.0
/* The config's file systems, mounted below the root that is filled, and taken away again. Must
 * never mount through a link, which could lead out of that root, nor unmount what was there before.
 */
#include "lib/fsplan.h"
#include "os/file.h"
#include "provision/disks.h"
#include "provision/stages.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Makes the folders of path that are missing, one by one, each opened from the one above. */
static int make_folders(const char *root, const char *path, struct error *error)
{
	AUTO_CLOSE int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[NAME_MAX + 1];

	if (at < 0)
		return error_errno(error, "open %s", root);
	for (path += strspn(path, "/"); *path != '\0'; path += strspn(path, "/")) {
		size_t length = strcspn(path, "/");
		int next;

		if (length >= sizeof(name) || (length == 2 && memcmp(path, "..", 2) == 0))
			return error_set(error, -EINVAL, "a name in the path cannot be one");
		memcpy(name, path, length);
		name[length] = '\0';
		if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
			return error_errno(error, "make folder %s", name);
		next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (next < 0)
			return error_errno(error, "folder %s, on the way", name);
		close(at);
		at = next;
		path += length;
	}
	return 0;
}

/* mount's list of options. The caller frees it. */
static int join_options(const ign_texts *options, char **ret)
{
	size_t size = 1;

	for (size_t i = 0; i < options->count; i++)
		size += options->at[i].length + 1;
	*ret = calloc(1, size);
	if (!*ret)
		return -ENOMEM;
	char *at = *ret;
	for (size_t i = 0; i < options->count; i++) {
		at = stpcpy(at, i > 0 ? "," : "");
		at = stpcpy(at, options->at[i].at);
	}
	return 0;
}

static int target_of(const struct ign_filesystem *filesystem, const char *root, char ret[PATH_MAX],
		     struct error *error)
{
	if (strcmp(root, "/") == 0 && strspn(filesystem->path.at, "/") == filesystem->path.length)
		return error_set(error, -EOPNOTSUPP,
				 "the root of this system is the one that was verified; it cannot "
				 "be another file system");
	if (snprintf(ret, PATH_MAX, "%s%s", strcmp(root, "/") == 0 ? "" : root,
		     filesystem->path.at) >= PATH_MAX)
		return error_set(error, -ENAMETOOLONG, "the path is too long");
	return 0;
}

static int find_source(const struct ign_filesystem *filesystem, struct disks_device *ret,
		       struct error *error)
{
	if (strcmp(filesystem->format.at, "virtiofs") != 0)
		return disks_wait(&filesystem->device, ret, error);
	*ret = (struct disks_device){ 0 };
	snprintf(ret->path, sizeof(ret->path), "%s", filesystem->device.at);
	return 0;
}

static int mount_one(const struct ign_filesystem *filesystem, const char *root, struct error *error)
{
	AUTO_FREE char *options = NULL;
	struct argv argv = { .count = 1 };
	struct disks_device device;
	char target[PATH_MAX];
	int r = target_of(filesystem, root, target, error);

	if (r == 0)
		r = find_source(filesystem, &device, error);
	if (r == 0)
		r = make_folders(root, filesystem->path.at, error);
	if (r < 0)
		return r;
	if (join_options(&filesystem->mount_options, &options) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	argv_add_option(&argv, "-t", filesystem->format.at);
	argv_add_option(&argv, "-o", options[0] != '\0' ? options : NULL);
	argv_add(&argv, device.path);
	argv_add(&argv, target);
	return disks_run("mount", &argv, error);
}

static const struct ign_filesystem **list_mounts(const struct ign_config *config, size_t *ret_count,
						 struct error *error)
{
	const struct ign_filesystem **list = calloc(config->storage.filesystems.count + 1,
						    sizeof(const struct ign_filesystem *));

	if (list)
		*ret_count = fsplan_mounts(&config->storage, list);
	else
		error_set(error, -ENOMEM, "out of memory");
	return list;
}

int disks_mount(const struct ign_config *config, const char *root, struct error *error)
{
	size_t count;
	const struct ign_filesystem **list = list_mounts(config, &count, error);
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = mount_one(list[i], root, error);
		if (r < 0)
			error_wrap(error, "mount %s at %s", list[i]->device.at, list[i]->path.at);
	}
	free(list);
	for (size_t i = 0; r == 0 && i < config->storage.luks.count; i++) {
		r = disks_store_luks(&config->storage.luks.at[i], root, error);
		if (r < 0)
			error_wrap(error, "LUKS volume %s", config->storage.luks.at[i].name.at);
	}
	return r;
}

/* Is the file system that is mounted there the one of this device? */
static bool is_mounted(const struct ign_filesystem *filesystem, const char *target)
{
	struct disks_device device;
	struct stat top, source;

	if (lstat(target, &top) < 0 || !S_ISDIR(top.st_mode))
		return false;
	if (strcmp(filesystem->format.at, "virtiofs") == 0)
		return true;
	return disks_find(&filesystem->device, &device, NULL) == 0 &&
	       stat(device.path, &source) == 0 && source.st_rdev == top.st_dev;
}

static int umount_one(const struct ign_filesystem *filesystem, const char *root,
		      struct error *error)
{
	char target[PATH_MAX];

	if (target_of(filesystem, root, target, NULL) < 0 || !is_mounted(filesystem, target))
		return 0;
	/* umount writes all out; what cannot be unmounted is at least synced. */
	if (umount2(target, UMOUNT_NOFOLLOW) == 0 || errno == EINVAL)
		return 0;
	error_errno(error, "unmount %s", target);
	sync();
	return error ? error->code : -EBUSY;
}

int disks_umount(const struct ign_config *config, const char *root, struct error *error)
{
	size_t count = 0;
	const struct ign_filesystem **list = list_mounts(config, &count, error);
	struct error later = { 0 };
	int r = list ? 0 : -ENOMEM;

	while (list && count > 0) {
		int s = umount_one(list[--count], root, r < 0 ? &later : error);

		r = r < 0 ? r : s;
	}
	free(list);
	return r;
}
