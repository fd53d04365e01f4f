// SPDX-License-Identifier: Apache-2.0
/*
 * The state partition; see init.h. Runs with the verified root as /, so that its tools are run by
 * their plain paths. Must never format anything that is not known to be empty. What a power cut
 * leaves while
 *  - systemd-repart makes the partition: it formats first and writes the partition table last, so
 *    there is either no state partition (the next boot makes it) or a formatted one;
 *  - systemd-repart grows the partition: the old size or the new one; if a copy of the table is
 *    torn its checksum is wrong, and the kernel takes the other;
 *  - an empty partition is formatted: nothing where we look (the next boot formats it), a whole
 *    file system, or beginnings of one that are refused as unknown contents. Only disks that were
 *    composed with an empty state partition get here;
 *  - fsck runs: an unclean file system, which the next boot checks again;
 *  - the file system grows: its journal covers that.
 */
#include "init/init.h"
#include "lib/state.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "os/ioctl.h"
#include "os/kmsg.h"
#include "os/modload.h"
#include "os/spawn.h"
#include "os/uevents.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h> /* _IOW */
#include <sys/mount.h>
#include <unistd.h>

#define EXT4_IOC_RESIZE_FS \
	_IOW('f', 16, uint64_t) /* linux/fs/ext4/ext4.h; its uapi header came after 6.12 */
#define FIND_ROUNDS 8
#define FIND_WAIT_MS 250
#define DEVICE_PATH_BYTES (DEVICE_NAME_BYTES + 8)
#define FSCK_CORRECTED \
	2 /* bits 1 and 2: repaired; a reboot is only needed for a mounted file system */

static int run_repart(const char *disk, struct error *error)
{
	char path[DEVICE_PATH_BYTES];
	const char *const argv[] = {
		"/usr/bin/systemd-repart",         "--dry-run=no", "--pretty=no",
		"--definitions=/usr/lib/repart.d", path,           NULL
	};

	snprintf(path, sizeof(path), "/dev/%s", disk);
	kmsg_print(KMSG_NOTICE, "disk %s: making or growing the state partition", disk);
	return spawn(argv, 0, error);
}

/* Makes or grows the state partition and looks at the disk again.
 * Growing that fails is reported and put off to the next boot: the smaller one is as good as it
 * was. */
static int update_partition(struct partition_table *table, const char *disk, bool exists,
			    struct error *error)
{
	int r = run_repart(disk, error);

	if (r < 0 && !exists)
		return r;
	if (r < 0)
		kmsg_print(KMSG_WARNING, "state stays as it is: %s", error->text);
	r = blockdev_partitions(table, error);
	if (r == 0)
		blockdev_name_partitions(table, disk);
	return r;
}

static int find_partition(const char *disk, struct partition *ret, struct error *error)
{
	struct partition_table table;
	const struct partition *row;
	uint64_t disk_sectors, free_sectors;
	int r = blockdev_partitions(&table, error);

	if (r == 0)
		r = blockdev_sectors(disk, &disk_sectors, error);
	if (r < 0)
		return r;
	row = partitions_find(&table, disk, "state");
	free_sectors = partitions_free_behind(&table, disk, disk_sectors);
	if (state_wants_repart(row != NULL, free_sectors)) {
		r = update_partition(&table, disk, row != NULL, error);
		if (r < 0)
			return r;
		row = partitions_find(&table, disk, "state");
	}
	if (!row)
		return error_set(error, -ENOENT,
				 "no partition labelled state on %s, and none was made", disk);
	*ret = *row;
	return 0;
}

static int probe(const struct partition *partition, enum contents *ret, struct ext4 *ret_ext4,
		 struct error *error)
{
	uint64_t bytes = partition->size_sectors * 512;
	size_t size = bytes < PROBE_BYTES ? (size_t)bytes : PROBE_BYTES;
	uint8_t *start = malloc(size);
	int r;

	if (!start)
		return error_set(error, -ENOMEM, "out of memory");
	r = blockdev_read(partition->device, 0, start, size, error);
	if (r == 0)
		*ret = contents_probe(start, size, ret_ext4);
	free(start);
	return r;
}

static int format(const char *device, struct error *error)
{
	const char *const argv[] = { "/usr/bin/mkfs.ext4", "-q", "-L", "state", device, NULL };

	kmsg_print(KMSG_NOTICE, "formatting %s, which is empty", device);
	return spawn(argv, 0, error);
}

static int check(const char *device, bool repair, struct error *error)
{
	const char *const argv[] = { "/usr/bin/fsck.ext4", repair ? "-y" : "-p", device, NULL };
	int r = spawn(argv, FSCK_CORRECTED | 1, error);

	if (r < 0)
		return error_wrap(error, "%s is damaged; remedy: boot with keelson.fsck=repair",
				  device);
	return 0;
}

/* Brings the partition into a state in which it can be mounted; ret_ext4 is then what is on it. */
static int prepare(const struct partition *partition, const char *device, bool repair,
		   struct ext4 *ret_ext4, struct error *error)
{
	enum contents contents;
	int r = probe(partition, &contents, ret_ext4, error);

	if (r < 0)
		return r;
	switch (state_step_for(contents, ret_ext4, repair)) {
	case STATE_MOUNT:
		return 0;
	case STATE_CHECK:
		r = check(device, repair, error);
		break;
	case STATE_FORMAT:
		r = format(device, error);
		break;
	case STATE_REFUSE:
		return error_set(
			error, -EMEDIUMTYPE,
			"%s holds something that is neither ext4 nor empty; it was left alone",
			device);
	}
	return r < 0 ? r : probe(partition, &contents, ret_ext4, error);
}

/* A file system may look clean and be damaged behind its superblock: then it is checked after all.
 */
static int mount_checked(const char *device, bool repair, struct error *error)
{
	for (bool checked = false;; checked = true) {
		int r;

		if (mount(device, "/var", "ext4", MS_NOSUID | MS_NODEV, NULL) == 0)
			return 0;
		r = error_errno(error, "mount %s on /var", device);
		if (checked)
			return r;
		kmsg_print(KMSG_WARNING, "%s", error->text);
		r = check(device, repair, error);
		if (r < 0)
			return r;
	}
}

static void grow(const struct partition *partition, const struct ext4 *ext4)
{
	uint64_t blocks = state_grow_blocks(ext4, partition->size_sectors);
	AUTO_CLOSE int fd = -1;

	if (blocks == 0)
		return;
	fd = open("/var", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || device_ioctl(fd, EXT4_IOC_RESIZE_FS, &blocks) < 0)
		kmsg_print(KMSG_WARNING, "grow %s to %" PRIu64 " blocks: %s", partition->device,
			   blocks, strerror(errno));
	else
		kmsg_print(KMSG_INFO, "grew %s to %" PRIu64 " blocks", partition->device, blocks);
}

bool var_exists(const char *disk)
{
	struct partition_table table;
	struct error ignored;

	return blockdev_partitions(&table, &ignored) == 0 &&
	       partitions_find(&table, disk, "state") != NULL;
}

/* Short, as a machine without disks of ours is the usual one. */
void var_find_disk(const struct boot_options *options, char ret_disk[DEVICE_NAME_BYTES])
{
	int events = uevents_open(), r = -ENOENT;
	struct partition_table table;
	struct error error = { 0 };

	modload_all();
	for (unsigned rounds = 0; r == -ENOENT && rounds < FIND_ROUNDS; rounds++) {
		if (rounds > 0)
			uevents_wait(events, FIND_WAIT_MS);
		r = blockdev_partitions(&table, &error);
		if (r == 0)
			r = partitions_state_disk(&table, options->disk, ret_disk, &error);
	}
	if (events >= 0)
		close(events);
	if (r < 0) {
		ret_disk[0] = '\0';
		kmsg_print(r == -ENOENT ? KMSG_INFO : KMSG_WARNING, "/var is in memory: %s",
			   error.text);
	}
}

int var_mount_disk(const struct boot_options *options, const char *disk, struct error *error)
{
	struct partition partition;
	struct ext4 ext4 = { 0 };
	char device[DEVICE_PATH_BYTES];
	int r = find_partition(disk, &partition, error);

	if (r < 0)
		return r;
	snprintf(device, sizeof(device), "/dev/%s", partition.device);
	r = prepare(&partition, device, options->fsck_repair, &ext4, error);
	if (r < 0)
		return r;
	r = mount_checked(device, options->fsck_repair, error);
	if (r < 0)
		return r;
	grow(&partition, &ext4);
	return 0;
}
