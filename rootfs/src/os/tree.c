// SPDX-License-Identifier: Apache-2.0
/* See tree.h: ways through the tree. Must never look at a path other than by way of the root's
 * descriptor. */
#include "os/tree.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINKS_MAX 40
#define ANY_MODE 07777

int tree_open(const char *root, struct tree *ret, struct error *error)
{
	ret->fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return ret->fd < 0 ? error_errno(error, "open %s", root) : 0;
}

void tree_close(struct tree *tree)
{
	close_fd(&tree->fd);
}

/* "/" alone is the root itself; openat2 wants no empty path. */
int tree_at(const struct tree *tree, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, tree->fd, path, &how, sizeof(how));
}

int tree_stat(const struct tree *tree, const char *path, struct stat *ret)
{
	AUTO_CLOSE int fd = tree_at(tree, path, O_PATH | O_NOFOLLOW);

	if (fd < 0 || fstat(fd, ret) < 0)
		return -errno;
	return 0;
}

int tree_read_link(const struct tree *tree, const char *path, char ret[PATH_MAX])
{
	AUTO_CLOSE int fd = tree_at(tree, path, O_PATH | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = readlinkat(fd, "", ret, PATH_MAX);
	if (n < 0)
		return errno == ENOENT ? -EINVAL : -errno; /* ENOENT: it is no link */
	if (n == PATH_MAX)
		return -ENAMETOOLONG;
	ret[n] = '\0';
	return 0;
}

/* A way that is being followed: what is behind, without links, and what is ahead. */
struct way {
	char done[PATH_MAX];
	char ahead[2 * PATH_MAX];
	unsigned links;
};

static void take_up(char *done)
{
	char *slash = strrchr(done, '/');

	if (slash)
		*slash = '\0';
}

/* The link's target is gone along instead of it. */
static int follow(struct way *way, const char *target, const char *rest)
{
	char joined[2 * PATH_MAX];

	if (++way->links > LINKS_MAX)
		return -ELOOP;
	if (snprintf(joined, sizeof(joined), "%s/%s", target, rest) >= (int)sizeof(joined))
		return -ENAMETOOLONG;
	strcpy(way->ahead, joined);
	if (target[0] == '/')
		way->done[0] = '\0';
	else
		take_up(way->done);
	return 0;
}

/* One component further. */
static int step(const struct tree *tree, struct way *way, bool follow_last)
{
	char target[PATH_MAX];
	char *name = way->ahead + strspn(way->ahead, "/");
	size_t length = strcspn(name, "/"), used = strlen(way->done);
	char *rest = name + length + strspn(name + length, "/");
	bool last = *rest == '\0';

	if (length == 2 && memcmp(name, "..", 2) == 0) {
		take_up(way->done);
	} else if (length > 0 && !(length == 1 && name[0] == '.')) {
		if (used + length + 2 > sizeof(way->done))
			return -ENAMETOOLONG;
		way->done[used] = '/';
		memcpy(way->done + used + 1, name, length);
		way->done[used + 1 + length] = '\0';
		if ((!last || follow_last) && tree_read_link(tree, way->done, target) == 0)
			return follow(way, target, rest);
	}
	memmove(way->ahead, rest, strlen(rest) + 1);
	return 0;
}

static int resolve(const struct tree *tree, const char *path, bool follow_last, char ret[PATH_MAX],
		   struct error *error)
{
	struct way way = { .links = 0 };
	int r = 0;

	if (strlen(path) >= PATH_MAX)
		return error_set(error, -ENAMETOOLONG, "the path is too long");
	strcpy(way.ahead, path);
	while (r == 0 && way.ahead[0] != '\0')
		r = step(tree, &way, follow_last);
	if (r < 0)
		return error_set(error, r, "%.200s: %s", path, strerror(-r));
	strcpy(ret, way.done[0] ? way.done : "/");
	return 0;
}

int tree_resolve(const struct tree *tree, const char *path, char ret[PATH_MAX], struct error *error)
{
	return resolve(tree, path, false, ret, error);
}

/* Opens the folder at a path without links, or makes it in its parent. */
static int open_or_make(const struct tree *tree, const char *path, mode_t mode,
			const struct tree_owner *owner, int *ret, struct error *error)
{
	int r;

	*ret = tree_at(tree, path, O_RDONLY | O_DIRECTORY);
	if (*ret >= 0)
		return 0;
	if (errno != ENOENT || mode == 0)
		return error_errno(error, "open folder %.200s", path);
	r = tree_make_folder(tree, path, mode, owner, error);
	if (r < 0)
		return r;
	*ret = tree_at(tree, path, O_RDONLY | O_DIRECTORY);
	return *ret < 0 ? error_errno(error, "open folder %.200s", path) : 0;
}

int tree_open_folder(const struct tree *tree, const char *path, mode_t mode,
		     const struct tree_owner *owner, int *ret, struct error *error)
{
	char real[PATH_MAX];
	int r = resolve(tree, path, true, real, error);

	for (char *end = real; r == 0;) {
		AUTO_CLOSE int folder = -1;
		char after;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		after = *end;
		*end = '\0';
		r = open_or_make(tree, real, mode, owner, &folder, error);
		*end = after;
		if (r == 0 && after == '\0') {
			*ret = folder;
			folder = -1;
			return 0;
		}
	}
	return r;
}

int tree_open_file(const struct tree *tree, const char *path, int *ret, struct error *error)
{
	*ret = tree_at(tree, path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	return *ret < 0 ? error_errno(error, "open %.200s", path) : 0;
}

int tree_adjust(const struct tree *tree, const char *path, int mode, const struct tree_owner *owner,
		struct error *error)
{
	AUTO_CLOSE int fd = tree_at(tree, path, O_PATH | O_NOFOLLOW);
	char self[40];
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, "open %.200s", path);
	/* the owner first: a change of it takes set-user-id bits away */
	if ((status.st_uid != owner->uid || status.st_gid != owner->gid) &&
	    fchownat(fd, "", owner->uid, owner->gid, AT_EMPTY_PATH) < 0)
		return error_errno(error, "change owner of %.200s", path);
	if (mode < 0 || S_ISLNK(status.st_mode))
		mode = (int)(status.st_mode & ANY_MODE);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (!S_ISLNK(status.st_mode) && chmod(self, (mode_t)mode) < 0)
		return error_errno(error, "change mode of %.200s", path);
	return 0;
}

int tree_read_only(const struct tree *tree, const char *path, bool *ret)
{
	char folder[PATH_MAX];
	struct statvfs status;

	if (strlen(path) >= sizeof(folder))
		return -ENAMETOOLONG;
	strcpy(folder, path);
	for (;;) {
		AUTO_CLOSE int fd = tree_at(tree, folder[0] ? folder : "/", O_PATH);

		if (fd >= 0) {
			if (fstatvfs(fd, &status) < 0)
				return -errno;
			*ret = (status.f_flag & ST_RDONLY) != 0;
			return 0;
		}
		if ((errno != ENOENT && errno != ENOTDIR && errno != ELOOP) || folder[0] == '\0')
			return -errno;
		take_up(folder);
	}
}
