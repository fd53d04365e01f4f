// SPDX-License-Identifier: Apache-2.0
/* See treecopy.h. Must never open anything but by its own folder's descriptor, without links. */
#include "os/treecopy.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DEPTH_MAX 512
#define NAMES_BYTES (64 << 10) /* of extended attributes: the kernel's limit */
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Those that file systems or the kernel set by themselves cannot be copied, nor need they be. */
static void copy_xattrs(int from, int to)
{
	AUTO_FREE char *names = malloc(NAMES_BYTES);
	AUTO_FREE char *value = malloc(NAMES_BYTES);
	ssize_t length = names && value ? flistxattr(from, names, NAMES_BYTES) : -1;

	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t size = fgetxattr(from, names + at, value, NAMES_BYTES);

		if (size >= 0 && strncmp(names + at, "trusted.", 8) != 0)
			fsetxattr(to, names + at, value, (size_t)size, 0);
	}
}

int treecopy_attributes(int from, int to, struct error *error)
{
	struct stat status;
	struct timespec times[2];

	if (fstat(from, &status) < 0 || fchown(to, status.st_uid, status.st_gid) < 0 ||
	    fchmod(to, status.st_mode & 07777) < 0)
		return error_errno(error, "owner and mode");
	copy_xattrs(from, to);
	times[0] = status.st_atim;
	times[1] = status.st_mtim;
	return futimens(to, times) < 0 ? error_errno(error, "times") : 0;
}

static int copy_bytes(int from, int to, struct error *error)
{
	for (;;) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);

		if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP))
			n = sendfile(to, from, NULL, 1 << 30);
		if (n < 0)
			return error_errno(error, "copy");
		if (n == 0)
			return 0;
	}
}

static int copy_file(int from_folder, int to_folder, const char *name, struct error *error)
{
	AUTO_CLOSE int from =
		openat(from_folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	AUTO_CLOSE int to = openat(to_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int r;

	if (from < 0 || to < 0)
		return error_errno(error, "open");
	r = copy_bytes(from, to, error);
	return r < 0 ? r : treecopy_attributes(from, to, error);
}

static int copy_link(int from_folder, int to_folder, const char *name, const struct stat *status,
		     struct error *error)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(from_folder, name, target, sizeof(target) - 1);

	if (length < 0)
		return error_errno(error, "read link");
	target[length] = '\0';
	if (symlinkat(target, to_folder, name) < 0 ||
	    fchownat(to_folder, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "link");
	return 0;
}

static int copy_node(int to_folder, const char *name, const struct stat *status,
		     struct error *error)
{
	if (S_ISSOCK(status->st_mode))
		return 0;
	if (mknodat(to_folder, name, status->st_mode & (S_IFMT | 07777), status->st_rdev) < 0 ||
	    fchownat(to_folder, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "make node");
	return 0;
}

static int copy_folder(int from, int to, dev_t device, int depth, struct error *error);

static int copy_below(int from_folder, int to_folder, const char *name, dev_t device, int depth,
		      struct error *error)
{
	AUTO_CLOSE int from = openat(from_folder, name, FOLDER);
	AUTO_CLOSE int to = -1;
	int r;

	if (from < 0 || mkdirat(to_folder, name, 0700) < 0)
		return error_errno(error, "folder");
	to = openat(to_folder, name, FOLDER);
	if (to < 0)
		return error_errno(error, "open folder");
	r = copy_folder(from, to, device, depth + 1, error);
	return r < 0 ? r : treecopy_attributes(from, to, error);
}

static int copy_entry(int from, int to, const char *name, dev_t device, int depth,
		      struct error *error)
{
	struct stat status;
	int r;

	/* overlayfs lists a whiteout that hides nothing, and then does not have it */
	if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_errno(error, "%s", name);
	if (S_ISDIR(status.st_mode) && status.st_dev != device)
		return 0;
	if (S_ISDIR(status.st_mode))
		r = copy_below(from, to, name, device, depth, error);
	else if (S_ISREG(status.st_mode))
		r = copy_file(from, to, name, error);
	else if (S_ISLNK(status.st_mode))
		r = copy_link(from, to, name, &status, error);
	else
		r = copy_node(to, name, &status, error);
	return r < 0 ? error_wrap(error, "%s", name) : 0;
}

/* Calls for each entry until one fails. */
typedef int visit(int folder, const char *name, void *context, struct error *error);
static int each(int folder, visit *one, void *context, struct error *error)
{
	int again = openat(folder, ".", FOLDER), r = 0;
	DIR *entries = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!entries) {
		r = error_errno(error, "read folder");
		close_fd(&again);
		return r;
	}
	while (r == 0 && (entry = readdir(entries)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = one(folder, entry->d_name, context, error);
	closedir(entries);
	return r;
}

struct copy {
	int to, depth;
	dev_t device;
};

static int copy_one(int folder, const char *name, void *context, struct error *error)
{
	struct copy *copy = context;

	return copy_entry(folder, copy->to, name, copy->device, copy->depth, error);
}

static int copy_folder(int from, int to, dev_t device, int depth, struct error *error)
{
	struct copy copy = { to, depth, device };

	if (depth > DEPTH_MAX)
		return error_set(error, -ELOOP, "folders are deeper than %d", DEPTH_MAX);
	return each(from, copy_one, &copy, error);
}

int treecopy(int from, int to, struct error *error)
{
	struct stat status;

	if (fstat(from, &status) < 0)
		return error_errno(error, "copy");
	return copy_folder(from, to, status.st_dev, 0, error);
}

struct owner {
	uid_t uid;
	gid_t gid;
	int depth;
};

static int chown_one(int folder, const char *name, void *context, struct error *error)
{
	struct owner *owner = context;
	AUTO_CLOSE int below = openat(folder, name, FOLDER);
	int r = 0;

	if (fchownat(folder, name, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(error, "chown %s", name);
	if (below < 0)
		return 0;
	if (++owner->depth > DEPTH_MAX)
		return error_set(error, -ELOOP, "folders are deeper than %d", DEPTH_MAX);
	r = each(below, chown_one, owner, error);
	owner->depth--;
	return r;
}

int treecopy_chown(int folder, uid_t uid, gid_t gid, struct error *error)
{
	struct owner owner = { uid, gid, 0 };

	if (fchown(folder, uid, gid) < 0)
		return error_errno(error, "chown");
	return each(folder, chown_one, &owner, error);
}
