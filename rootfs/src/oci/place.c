// SPDX-License-Identifier: Apache-2.0
/*
 * See place.h. A path's folder is opened by openat2 within the root, so links on the way lead
 * nowhere else, and what is made is the last component, never followed (mkdirat, mknodat, O_EXCL).
 * Must never open what is there already but folders.
 */
#include "oci/place.h"
#include "lib/oci/entry.h"
#include "os/file.h"
#include "os/folder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FOLDERS_BYTES_MAX (64 << 20) /* of what is remembered of them */
#define OPAQUE "trusted.overlay.opaque"
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct place_folder {
	struct place_folder *next;
	const char *path;
	struct timespec modified;
};

static bool is_whiteout(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && status->st_rdev == makedev(0, 0);
}

static void forget_parent(struct place *place)
{
	close_fd(&place->parent);
}

/* Removes what is there; a folder with all below it. Returns whether it was a whiteout. */
static int make_room(struct place *place, const char *name, bool *ret_whiteout, struct error *error)
{
	struct stat status;

	*ret_whiteout = false;
	if (fstatat(place->parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_errno(error, "look at %.100s", name);
	*ret_whiteout = is_whiteout(&status);
	if (S_ISDIR(status.st_mode))
		folder_remove_contents(openat(place->parent, name, FOLDER), status.st_dev, NULL);
	if (unlinkat(place->parent, name, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0) < 0)
		return error_errno(error, "replace %.100s", name);
	return 0;
}

/* One missing folder at the end of a path whose other folders are there. */
static int make_one(struct place *place, const char *path, struct error *error)
{
	AUTO_CLOSE int above = -1;
	char copy[PATH_MAX];
	const char *folder, *name;

	strcpy(copy, path);
	name = oci_entry_split(copy, &folder);
	above = tree_at(&place->tree, folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY);
	if (above < 0 || (mkdirat(above, name, 0755) < 0 && errno != EEXIST))
		return error_errno(error, "make folder %.100s", path);
	return 0;
}

static int open_parent(struct place *place, const char *path, struct error *error)
{
	char part[PATH_MAX];

	place->parent = tree_at(&place->tree, path[0] ? path : ".", O_RDONLY | O_DIRECTORY);
	for (const char *end = path; place->parent < 0 && errno == ENOENT && *end != '\0';) {
		AUTO_CLOSE int there = -1;

		end += strcspn(end, "/");
		memcpy(part, path, (size_t)(end - path));
		part[end - path] = '\0';
		end += *end == '/';
		there = tree_at(&place->tree, part, O_PATH | O_DIRECTORY);
		if (there < 0 && errno == ENOENT && make_one(place, part, error) < 0)
			return error ? error->code : -EIO;
		place->parent = tree_at(&place->tree, path, O_RDONLY | O_DIRECTORY);
	}
	if (place->parent < 0)
		return error_errno(error, "open folder %.100s", path);
	strcpy(place->parent_path, path);
	return 0;
}

int place_parent(struct place *place, char *path, const char **ret_name, struct error *error)
{
	const char *folder;

	*ret_name = oci_entry_split(path, &folder);
	if (place->parent >= 0 && strcmp(folder, place->parent_path) == 0)
		return 0;
	forget_parent(place);
	return open_parent(place, folder, error);
}

/* Parent and an empty place in it. */
static int prepare(struct place *place, char *path, const char **ret_name, struct error *error)
{
	bool whiteout;
	int r = place_parent(place, path, ret_name, error);

	return r < 0 ? r : make_room(place, *ret_name, &whiteout, error);
}

int place_finish(const struct place *place, int fd, const struct place_node *node,
		 struct error *error)
{
	const struct timespec times[2] = { node->modified, node->modified };

	/* the owner first: a change of it takes set-user-id bits away */
	if (place->layer &&
	    (fchown(fd, node->uid, node->gid) < 0 || fchmod(fd, node->mode & 07777) < 0))
		return error_errno(error, "set owner and mode");
	if (futimens(fd, times) < 0)
		return error_errno(error, "set times");
	return 0;
}

int place_file(struct place *place, char *path, int *ret, struct error *error)
{
	const char *name;
	int r = prepare(place, path, &name, error);

	if (r < 0)
		return r;
	*ret = openat(place->parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	return *ret < 0 ? error_errno(error, "create a file") : 0;
}

static int finish_named(const struct place *place, const char *name, const struct place_node *node,
			bool link, struct error *error)
{
	const struct timespec times[2] = { node->modified, node->modified };

	if (place->layer &&
	    (fchownat(place->parent, name, node->uid, node->gid, AT_SYMLINK_NOFOLLOW) < 0 ||
	     (!link && fchmodat(place->parent, name, node->mode & 07777, 0) < 0)))
		return error_errno(error, "set owner and mode");
	if (utimensat(place->parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "set times");
	return 0;
}

int place_link(struct place *place, char *path, const char *target, const struct place_node *node,
	       struct error *error)
{
	const char *name;
	int r = prepare(place, path, &name, error);

	if (r < 0)
		return r;
	if (symlinkat(target, place->parent, name) < 0)
		return error_errno(error, "make a link");
	return finish_named(place, name, node, true, error);
}

int place_device(struct place *place, char *path, const struct place_node *node,
		 struct error *error)
{
	const char *name;
	int r = prepare(place, path, &name, error);

	if (r < 0)
		return r;
	if (mknodat(place->parent, name, (node->mode & S_IFMT) | 0600, node->device) < 0)
		return error_errno(error, "make a device");
	return finish_named(place, name, node, false, error);
}

/* The target is opened before anything goes: it may be what is replaced. */
int place_hard_link(struct place *place, char *path, char *target, struct error *error)
{
	AUTO_CLOSE int from = -1;
	const char *folder, *name, *target_name = oci_entry_split(target, &folder);
	struct stat status, old;
	bool whiteout;
	int r;

	from = tree_at(&place->tree, folder[0] ? folder : ".", O_PATH | O_DIRECTORY);
	if (from < 0 || fstatat(from, target_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "target of a hard link");
	if (S_ISDIR(status.st_mode))
		return error_set(error, -EBADMSG, "a hard link to a folder");
	r = place_parent(place, path, &name, error);
	if (r < 0)
		return r;
	if (fstatat(place->parent, name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    old.st_ino == status.st_ino && old.st_dev == status.st_dev)
		return 0;
	r = make_room(place, name, &whiteout, error);
	if (r < 0)
		return r;
	if (linkat(from, target_name, place->parent, name, 0) < 0)
		return error_errno(error, "make a hard link");
	return 0;
}

static int remember(struct place *place, const char *path, const struct place_node *node,
		    struct error *error)
{
	size_t bytes = sizeof(struct place_folder) + strlen(path) + 1;
	struct place_folder *folder;

	if (bytes > FOLDERS_BYTES_MAX - place->folders_bytes)
		return error_set(error, -EFBIG, "too many folders");
	place->folders_bytes += bytes;
	folder = arena_get(&place->arena, 1, sizeof(*folder));
	if (!folder)
		return error_set(error, -ENOMEM, "out of memory");
	folder->path = arena_copy(&place->arena, path, strlen(path));
	folder->modified = node->modified;
	folder->next = place->folders;
	place->folders = folder;
	return folder->path ? 0 : error_set(error, -ENOMEM, "out of memory");
}

static int set_opaque(int fd, struct error *error)
{
	if (fsetxattr(fd, OPAQUE, "y", 1, 0) < 0)
		return error_errno(error, "set " OPAQUE);
	return 0;
}

/* Takes the place of a file, of a whiteout with all that it hides, or of nothing. */
static int open_folder(struct place *place, const char *name, int *ret, struct error *error)
{
	struct stat status;
	bool whiteout = false;
	int r = 0;

	if (fstatat(place->parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(status.st_mode)) {
		r = make_room(place, name, &whiteout, error);
		if (r == 0 && mkdirat(place->parent, name, 0700) < 0)
			r = error_errno(error, "make a folder");
	}
	if (r < 0)
		return r;
	*ret = openat(place->parent, name, FOLDER);
	if (*ret < 0)
		return error_errno(error, "open a folder");
	return whiteout ? set_opaque(*ret, error) : 0;
}

int place_folder(struct place *place, char *path, const struct place_node *node, int *ret,
		 struct error *error)
{
	const char *name = "";
	int r = remember(place, path, node, error);

	if (r < 0)
		return r;
	if (path[0] == '\0') {
		*ret = tree_at(&place->tree, ".", FOLDER);
		return *ret < 0 ? error_errno(error, "open the root") : 0;
	}
	r = place_parent(place, path, &name, error);
	return r < 0 ? r : open_folder(place, name, ret, error);
}

int place_whiteout(struct place *place, char *path, struct error *error)
{
	AUTO_CLOSE int fd = -1;
	const char *name;
	struct stat status;
	int r = place_parent(place, path, &name, error);

	if (r < 0)
		return r;
	if (fstatat(place->parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (mknodat(place->parent, name, S_IFCHR, makedev(0, 0)) < 0)
			return error_errno(error, "make a whiteout");
		return 0;
	}
	if (!S_ISDIR(status.st_mode))
		return 0;
	fd = openat(place->parent, name, FOLDER);
	return fd < 0 ? error_errno(error, "open a folder") : set_opaque(fd, error);
}

int place_opaque(struct place *place, char *path, struct error *error)
{
	char below[PATH_MAX + 2];
	const char *name;
	int r;

	/* An entry that is not there gives the parent that is wanted. */
	snprintf(below, sizeof(below), "%s%s-", path, path[0] ? "/" : "");
	r = place_parent(place, below, &name, error);
	return r < 0 ? r : set_opaque(place->parent, error);
}

int place_end(struct place *place, struct error *error)
{
	for (const struct place_folder *at = place->folders; at; at = at->next) {
		const struct timespec times[2] = { at->modified, at->modified };
		AUTO_CLOSE int fd = tree_at(&place->tree, at->path[0] ? at->path : ".", FOLDER);

		/* What has become something else since has its own time. */
		if (fd >= 0 && futimens(fd, times) < 0)
			return error_errno(error, "set times of %.100s", at->path);
	}
	return 0;
}

void place_free(struct place *place)
{
	forget_parent(place);
	arena_free(&place->arena);
}
