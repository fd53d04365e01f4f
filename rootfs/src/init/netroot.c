// SPDX-License-Identifier: Apache-2.0
/*
 * The root of a network boot: a file that came with the initramfs, or is fetched; see init.h. It
 * stays in memory, compressed as it is, below dm-verity like the one on a disk. Must never write to
 * a disk.
 */
#include "init/init.h"
#include "lib/rootfile.h"
#include "os/file.h"
#include "os/kmsg.h"
#include "os/loop.h"
#include "os/spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM "/usr/bin/keelson-provision"
#define FILE_PATH "/root.img"
#define LOG_LEVELS "/proc/sys/kernel/printk"

/* The two parts of the file as devices. */
static int attach(int fd, struct slot_partitions *ret, struct error *error)
{
	uint8_t start[ROOTFILE_START_BYTES];
	struct stat status;
	uint64_t bytes, tree;
	int r;

	if (fstat(fd, &status) < 0)
		return error_errno(error, "size");
	bytes = (uint64_t)status.st_size / 512 * 512;
	r = file_read_at(fd, 0, start, sizeof(start), error);
	if (r == 0)
		r = rootfile_tree_offset(start, bytes, &tree, error);
	if (r == 0)
		r = loop_attach(fd, 0, tree, &ret->root, error);
	if (r == 0)
		r = loop_attach(fd, tree, bytes - tree, &ret->verity, error);
	if (r == 0) {
		strcpy(ret->root.label, "root.img");
		strcpy(ret->verity.label, "hash tree of root.img");
	}
	return r;
}

/* With all that the kernel's log gets on the console meanwhile: whoever waits sees how far it is.
 */
static int run_aloud(const char *const argv[], struct error *error)
{
	AUTO_FREE char *levels = NULL;
	int r;

	file_read(LOG_LEVELS, 64, &levels, NULL);
	file_write(LOG_LEVELS, "7", NULL);
	r = spawn(argv, 0, error);
	if (levels)
		file_write(LOG_LEVELS, levels, NULL);
	return r;
}

static int fetch(const struct boot_options *options, struct error *error)
{
	const char *with_hash[] = {
		PROGRAM,           "fetch",   "--hash", options->root_hash_of_file,
		options->root_url, FILE_PATH, NULL
	};
	const char *without[] = { PROGRAM, "fetch", options->root_url, FILE_PATH, NULL };

	if (options->root_url[0] == '\0' || access(PROGRAM, X_OK) < 0)
		return error_set(error, -ENOENT,
				 "the initramfs has no " FILE_PATH " and cannot fetch it; remedy: "
				 "initrd.img of the pxe folder, or initrd-net.img with "
				 "keelson.pxe=URL-OF-THE-FOLDER");
	kmsg_print(KMSG_NOTICE, "fetching %s", options->root_url);
	return run_aloud(options->root_hash_of_file[0] ? with_hash : without, error);
}

int root_mount_file(const struct boot_options *options, struct error *error)
{
	struct slot_partitions slot = { 0 };
	AUTO_CLOSE int fd = -1;
	int r = access(FILE_PATH, F_OK) == 0 ? 0 : fetch(options, error);

	if (r < 0)
		return r;
	fd = open(FILE_PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(error, "open " FILE_PATH);
	r = attach(fd, &slot, error);
	if (r < 0)
		return error_wrap(error, FILE_PATH);
	return root_verify(&slot, options->root_hash, error);
}
