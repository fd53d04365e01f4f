// SPDX-License-Identifier: Apache-2.0
/* See tree.h: what is made and removed. Nothing ever stands at its path half made; the name that it
 * is made under is the same for all in a folder, so that at most one is left by a crash. */
#include "os/file.h"
#include "os/tree.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRAFT_NAME ".keelson-provision.tmp"

static const struct tree_owner root_owner = { 0, 0 };

/* Opens the folder that path is in, and says what it is called there. */
static int open_parent(const struct tree *tree, const char *path, mode_t mode,
		       const struct tree_owner *owner, int *ret, const char **ret_name,
		       struct error *error)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];

	if (!slash || slash[1] == '\0' || strlen(slash + 1) > NAME_MAX)
		return error_set(error, -EINVAL, "%.200s: no path of this can be made", path);
	if ((size_t)(slash - path) + 2 > sizeof(parent))
		return error_set(error, -ENAMETOOLONG, "the path is too long");
	snprintf(parent, sizeof(parent), "%.*s/", (int)(slash - path), path);
	*ret_name = slash + 1;
	return tree_open_folder(tree, parent, mode, owner, ret, error);
}

static int remove_at(int folder, const char *name, unsigned depth);

static int remove_entries(int folder, unsigned depth)
{
	DIR *entries = fdopendir(folder);
	struct dirent *entry;
	int r = 0;

	if (!entries) {
		r = -errno;
		close(folder);
		return r;
	}
	/* an entry that is added meanwhile makes the folder not empty, which is an error then */
	while (r == 0 && (entry = readdir(entries)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_at(dirfd(entries), entry->d_name, depth + 1);
	closedir(entries);
	return r;
}

static int remove_at(int folder, const char *name, unsigned depth)
{
	int own, r;

	if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth > TREE_DEPTH_MAX)
		return -ELOOP;
	own = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (own < 0)
		return -errno;
	r = remove_entries(own, depth);
	if (r == 0 && unlinkat(folder, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}

int tree_remove(const struct tree *tree, const char *path, struct error *error)
{
	AUTO_CLOSE int folder = -1;
	const char *name;
	int r = open_parent(tree, path, 0, NULL, &folder, &name, error);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = remove_at(folder, name, 0);
	if (r == 0 && fsync(folder) < 0)
		r = -errno;
	return r < 0 ? error_set(error, r, "remove %.200s: %s", path, strerror(-r)) : 0;
}

static int make_owned(int folder, const char *name, mode_t mode, const struct tree_owner *owner)
{
	AUTO_CLOSE int fd = -1;

	if (mkdirat(folder, name, 0700) < 0)
		return -1;
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 || fchown(fd, owner->uid, owner->gid) < 0 || fchmod(fd, mode) < 0 ? -1 : 0;
}

int tree_make_folder(const struct tree *tree, const char *path, mode_t mode,
		     const struct tree_owner *owner, struct error *error)
{
	AUTO_CLOSE int folder = -1;
	const char *name;
	int r = open_parent(tree, path, mode, owner, &folder, &name, error);

	if (r == 0)
		r = remove_at(folder, DRAFT_NAME, 0);
	if (r < 0)
		return r;
	if (make_owned(folder, DRAFT_NAME, mode, owner) < 0 ||
	    renameat2(folder, DRAFT_NAME, folder, name, RENAME_NOREPLACE) < 0 || fsync(folder) < 0)
		return error_errno(error, "make folder %.200s", path);
	return 0;
}

/* The folder, with no draft in it. */
static int start(const struct tree *tree, const char *path, int *ret, const char **ret_name,
		 struct error *error)
{
	int r = open_parent(tree, path, 0755, &root_owner, ret, ret_name, error);

	if (r < 0)
		return r;
	r = remove_at(*ret, DRAFT_NAME, 0);
	return r < 0 ? error_set(error, r, "remove a draft beside %.200s: %s", path, strerror(-r))
		     : 0;
}

/* The draft takes its place. A folder cannot be replaced by rename. */
static int finish(int folder, const char *name, bool replace, struct error *error)
{
	struct stat status;
	int r = 0;

	if (replace && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(status.st_mode))
		r = remove_at(folder, name, 0);
	if (r < 0)
		return error_set(error, r, "remove %s: %s", name, strerror(-r));
	if (renameat2(folder, DRAFT_NAME, folder, name, replace ? 0 : RENAME_NOREPLACE) < 0 ||
	    fsync(folder) < 0)
		return error_errno(error, "rename to %s", name);
	return 0;
}

int tree_draft(const struct tree *tree, const char *path, struct tree_draft *ret,
	       struct error *error)
{
	const char *name;
	int r;

	*ret = (struct tree_draft){ .folder = -1, .fd = -1 };
	r = start(tree, path, &ret->folder, &name, error);
	if (r < 0) {
		tree_draft_discard(ret);
		return r;
	}
	strcpy(ret->name, name);
	ret->fd = openat(ret->folder, DRAFT_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (ret->fd < 0) {
		r = error_errno(error, "create a draft beside %.200s", path);
		tree_draft_discard(ret);
	}
	return r;
}

int tree_draft_commit(struct tree_draft *draft, mode_t mode, const struct tree_owner *owner,
		      bool replace, struct error *error)
{
	int r = 0;

	/* the owner first: a change of it takes set-user-id bits away */
	if (fchown(draft->fd, owner->uid, owner->gid) < 0 || fchmod(draft->fd, mode) < 0 ||
	    fsync(draft->fd) < 0)
		r = error_errno(error, "write %s", draft->name);
	if (r == 0)
		r = finish(draft->folder, draft->name, replace, error);
	tree_draft_discard(draft);
	return r;
}

void tree_draft_discard(struct tree_draft *draft)
{
	if (draft->fd >= 0)
		unlinkat(draft->folder, DRAFT_NAME, 0); /* renamed already: nothing is there */
	close_fd(&draft->fd);
	close_fd(&draft->folder);
}

int tree_link(const struct tree *tree, const char *path, const char *target,
	      const struct tree_owner *owner, bool replace, struct error *error)
{
	AUTO_CLOSE int folder = -1;
	const char *name;
	int r = start(tree, path, &folder, &name, error);

	if (r < 0)
		return r;
	if (symlinkat(target, folder, DRAFT_NAME) < 0 ||
	    fchownat(folder, DRAFT_NAME, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "make link %.200s", path);
	return finish(folder, name, replace, error);
}

int tree_hard_link(const struct tree *tree, const char *path, const char *target, bool replace,
		   struct error *error)
{
	AUTO_CLOSE int folder = -1;
	AUTO_CLOSE int from = -1;
	const char *name, *target_name;
	int r = start(tree, path, &folder, &name, error);

	if (r == 0)
		r = open_parent(tree, target, 0, NULL, &from, &target_name, error);
	if (r < 0)
		return r;
	if (linkat(from, target_name, folder, DRAFT_NAME, 0) < 0)
		return error_errno(error, "link %.200s to %.200s", path, target);
	return finish(folder, name, replace, error);
}

int tree_move(const struct tree *tree, const char *from, const char *to, struct error *error)
{
	AUTO_CLOSE int from_folder = -1;
	AUTO_CLOSE int to_folder = -1;
	const char *name, *to_name;
	int r = open_parent(tree, from, 0, NULL, &from_folder, &name, error);

	if (r == 0)
		r = open_parent(tree, to, 0, NULL, &to_folder, &to_name, error);
	if (r < 0)
		return r;
	if (renameat2(from_folder, name, to_folder, to_name, RENAME_NOREPLACE) < 0 ||
	    fsync(from_folder) < 0 || fsync(to_folder) < 0)
		return error_errno(error, "move %.200s to %.200s", from, to);
	return 0;
}
