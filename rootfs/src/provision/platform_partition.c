// SPDX-License-Identifier: Apache-2.0
/*
 * A config in a file system: there is no udev yet, so every block device's start is read to find
 * the label. The file system is mounted read-only for a moment, and what is in it is not trusted:
 * no symbolic link is followed. Must never leave it mounted.
 */
#include "lib/fslabel.h"
#include "lib/partitions.h"
#include "os/file.h"
#include "provision/platform_sources.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 250
#define DEVICES_MAX 4096

struct search {
	const struct platform_environment *environment;
	const struct labelled *wanted;
	struct found *found;
	bool seen; /* the file system, if not the file */
};

static bool same(const struct labelled *wanted, const char *a, const char *b)
{
	return wanted->folded ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

/* From device's start; a drive without a medium is one without a label. */
static bool read_label(const char *device, struct fslabel *ret)
{
	AUTO_CLOSE int fd = open(device, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char start[FSLABEL_BYTES];
	size_t used = 0;

	while (fd >= 0 && used < sizeof(start)) {
		ssize_t n = read(fd, start + used, sizeof(start) - used);

		if (n <= 0)
			break;
		used += (size_t)n;
	}
	return fslabel_read(start, used, ret) == 0;
}

static bool is_partition(const struct search *search, const char *name)
{
	AUTO_FREE char *uevent = NULL;
	struct partition partition;
	char path[PATH_MAX];

	if (!search->wanted->partition)
		return false;
	snprintf(path, sizeof(path), "%s/class/block/%s/uevent", search->environment->sys, name);
	return file_read(path, 65536, &uevent, NULL) == 0 &&
	       partition_from_uevent(uevent, &partition) == 0 &&
	       same(search->wanted, partition.label, search->wanted->partition);
}

static int read_all(int fd, struct search *search, struct error *error)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return file_read_bytes(path, IGN_BYTES_MAX, &search->found->text, &search->found->size,
			       error);
}

/* Absolute paths start at the file system's root, too. */
static int read_beneath(const char *folder, struct search *search, struct error *error)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
				.resolve =
					RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV };
	const char *path = search->wanted->path + strspn(search->wanted->path, "/");
	AUTO_CLOSE int root = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	struct stat status;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, "open %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, -EBADMSG, "%s is not a file", path);
	return read_all(fd, search, error);
}

/* A crash in between leaves a read-only mount in /run, which is gone at the next start. */
static int read_mounted(const char *device, const char *type, struct search *search,
			struct error *error)
{
	char folder[PATH_MAX];
	int r;

	snprintf(folder, sizeof(folder), "%s/keelson-provision.config", search->environment->run);
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return error_errno(error, "make folder %s", folder);
	if (mount(device, folder, type, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0) {
		r = error_errno(error, "mount %s (%s)", device, type);
	} else {
		r = read_beneath(folder, search, error);
		if (umount2(folder, UMOUNT_NOFOLLOW) < 0 && r == 0)
			r = error_errno(error, "unmount %s", folder);
	}
	rmdir(folder);
	return r;
}

static int look_at(struct search *search, const char *name, struct error *error)
{
	char device[PATH_MAX];
	struct fslabel label;
	int r;

	snprintf(device, sizeof(device), "%s/%s", search->environment->dev, name);
	if (!read_label(device, &label) ||
	    (!same(search->wanted, label.label, search->wanted->label) &&
	     !is_partition(search, name)))
		return 0;
	search->seen = true;
	r = read_mounted(device, label.type, search, error);
	if (r == 0 && search->found->text)
		snprintf(search->found->source, sizeof(search->found->source),
			 "file system %s (%s), %.128s", label.label, name, search->wanted->path);
	return r;
}

static int compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* All devices in the order of their names, so that the same machine takes the same one. */
static int look_once(struct search *search, struct error *error)
{
	struct dirent **entries = NULL;
	char folder[PATH_MAX];
	int count, r = 0;

	snprintf(folder, sizeof(folder), "%s/class/block", search->environment->sys);
	count = scandir(folder, &entries, is_name, compare);
	for (int i = 0; i < count; i++) {
		if (r == 0 && !search->found->text && i < DEVICES_MAX)
			r = look_at(search, entries[i]->d_name, error);
		free(entries[i]);
	}
	free(entries);
	return r;
}

int read_labelled(const struct platform_environment *environment, const struct labelled *wanted,
		  struct found *found, struct error *error)
{
	static const struct timespec pause = { 0, POLL_MS * 1000000L };
	struct search search = { environment, wanted, found, false };
	unsigned waited_ms = 0;

	for (;;) {
		int r = look_once(&search, error);

		if (r < 0 || search.seen || waited_ms >= wanted->wait_ms)
			return r;
		nanosleep(&pause, NULL);
		waited_ms += POLL_MS;
	}
}

int source_partition(const struct platform_environment *environment, struct fetcher *fetcher,
		     struct found *found, struct error *error)
{
	static const struct labelled places[] = {
		{ .label = "ignition", .path = "ignition/config.ign", .folded = true },
		{ .label = "ignition", .path = "config.ign", .folded = true },
		{ .label = "esp",
		  .partition = "esp",
		  .path = "ignition/config.ign",
		  .folded = true },
	};
	int r = 0;

	(void)fetcher;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && r == 0 && !found->text; i++)
		r = read_labelled(environment, &places[i], found, error);
	return r;
}
