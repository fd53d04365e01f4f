// SPDX-License-Identifier: Apache-2.0
/* The mounts around the root: the kernel's file systems, the change of root, and the overlay on
 * /etc; see init.h. */
#include "init/init.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/kmsg.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SYSROOT "/sysroot"
#define ETC_CHANGES "/var/lib/keelson/etc"

struct mount_row {
	const char *type;
	const char *target;
	unsigned long flags;
	const char *options;
};

/* As systemd would mount them (src/shared/mount-setup.c): what is there already it leaves alone. */
static const struct mount_row kernel_mounts[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "devtmpfs", "/dev", MS_NOSUID | MS_STRICTATIME, "mode=0755,size=4m" },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV | MS_STRICTATIME,
	  "mode=0755,size=20%,nr_inodes=800k" },
};
#define KERNEL_MOUNTS (sizeof(kernel_mounts) / sizeof(kernel_mounts[0]))

/* What units of systemd would mount, one process each; they find their work done. */
static const struct mount_row early_mounts[] = {
	{ "hugetlbfs", "/dev/hugepages", MS_NOSUID | MS_NODEV, NULL },
	{ "mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "tracefs", "/sys/kernel/tracing", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "configfs", "/sys/kernel/config", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV | MS_STRICTATIME,
	  "mode=1777,size=50%,nr_inodes=1m" },
};
#define EARLY_MOUNTS (sizeof(early_mounts) / sizeof(early_mounts[0]))

static int mount_one(const struct mount_row *row, struct error *error)
{
	if (mount(row->type, row->target, row->type, row->flags, row->options) < 0)
		return error_errno(error, "mount %s on %s", row->type, row->target);
	return 0;
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	for (int standard = 0; fd >= 0 && standard <= 2; standard++)
		if (fd != standard)
			dup2(fd, standard);
	if (fd > 2)
		close(fd);
}

int mount_kernel_filesystems(struct error *error)
{
	for (size_t i = 0; i < KERNEL_MOUNTS; i++) {
		if (file_make_folder(kernel_mounts[i].target, error) < 0)
			return error->code;
		if (mount_one(&kernel_mounts[i], error) < 0 && error->code != -EBUSY)
			return error->code;
	}
	open_console();
	return 0;
}

/* The initramfs stays below the new root for ever, so its files are removed to free their memory.
 * Nothing is removed from anything but a file system in memory. */
static void free_initramfs(int old_root)
{
	struct statfs filesystem;
	struct stat status;

	if (fstatfs(old_root, &filesystem) == 0 && fstat(old_root, &status) == 0 &&
	    (filesystem.f_type == RAMFS_MAGIC || filesystem.f_type == TMPFS_MAGIC))
		folder_remove_contents(old_root, status.st_dev, NULL);
	else
		close(old_root);
}

int root_enter(struct error *error)
{
	int old_root;

	for (size_t i = 0; i < KERNEL_MOUNTS; i++) {
		char target[32] = SYSROOT;

		strcat(target, kernel_mounts[i].target);
		if (mount(kernel_mounts[i].target, target, NULL, MS_MOVE, NULL) < 0)
			return error_errno(error, "move %s to %s", kernel_mounts[i].target, target);
	}
	old_root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (old_root < 0)
		return error_errno(error, "open /");
	if (chdir(SYSROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0) {
		close(old_root);
		return error_errno(error, "change the root to " SYSROOT);
	}
	free_initramfs(old_root);
	return 0;
}

/* A failure is left to the unit, which says what is wrong. */
void mount_early(void)
{
	for (size_t i = 0; i < EARLY_MOUNTS; i++) {
		struct error ignored = { 0 };

		if (strncmp(early_mounts[i].target, "/dev/", 5) == 0)
			file_make_folder(early_mounts[i].target, &ignored);
		mount_one(&early_mounts[i], &ignored);
	}
}

int var_mount_tmpfs(struct error *error)
{
	static const struct mount_row row = { "tmpfs", "/var", MS_NOSUID | MS_NODEV, "mode=0755" };

	return mount_one(&row, error);
}

int etc_mount(struct error *error)
{
	static const char *const folders[] = { "/var/lib", "/var/lib/keelson", ETC_CHANGES,
					       ETC_CHANGES "/upper", ETC_CHANGES "/work" };
	static const struct mount_row row = { "overlay", "/etc", MS_NOSUID | MS_NODEV,
					      "lowerdir=/etc,upperdir=" ETC_CHANGES
					      "/upper,workdir=" ETC_CHANGES "/work" };

	/* A crash in between leaves fewer of these empty folders; the next boot makes the rest. */
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (file_make_folder(folders[i], error) < 0)
			return error->code;
	return mount_one(&row, error);
}

int var_yield(struct error *error)
{
	static const char folder[] = "/run/keelson/state";

	if (access("/etc/systemd/system/var.mount", F_OK) < 0)
		return 0;
	if (file_make_folder("/run/keelson", error) < 0 || file_make_folder(folder, error) < 0)
		return error->code;
	if (mount("/var", folder, NULL, MS_MOVE, NULL) < 0)
		return error_errno(error, "move /var to %s", folder);
	kmsg_print(KMSG_NOTICE, "/var is left to var.mount; the state partition is at %s", folder);
	return 0;
}
