// SPDX-License-Identifier: Apache-2.0
/* See bootstate.h. */
#include "os/bootstate.h"
#include "os/blockdev.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int find_on(const struct partition_table *table, const char *partuuid,
		   const struct partition **ret)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->rows[i].label, "bootstate") == 0 &&
		    blockdev_has_partuuid(table->rows[i].disk, partuuid)) {
			*ret = &table->rows[i];
			return 0;
		}
	return -ENOENT;
}

int bootstate_find(const char *cmdline, char ret[DEVICE_NAME_BYTES + 8], struct error *error)
{
	struct partition_table table;
	const struct partition *partition;
	char partuuid[CMDLINE_VALUE_BYTES];
	int r = cmdline_value(cmdline, "keelson.boot", partuuid, sizeof(partuuid));

	if (r < 0)
		return error_set(error, -ENOENT, "no keelson.boot= on the kernel command line");
	r = blockdev_partitions(&table, error);
	if (r < 0)
		return r;
	if (find_on(&table, partuuid, &partition) < 0)
		return error_set(error, -ENOENT,
				 "no partition labelled bootstate on the disk with partition %s",
				 partuuid);
	snprintf(ret, DEVICE_NAME_BYTES + 8, "/dev/%s", partition->device);
	return 0;
}

int bootstate_read(const char *path, struct slot_state ret[SLOTS], struct error *error)
{
	uint8_t block[SLOT_BLOCK_BYTES];
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(error, "open %s", path);
	for (unsigned slot = 0; slot < SLOTS; slot++) {
		int r = file_read_at(fd, slot * SLOT_STRIDE_BYTES, block, sizeof(block), error);

		if (r < 0)
			return error_wrap(error, "%s", path);
		ret[slot] = slot_decode(block);
	}
	return 0;
}

int bootstate_write(const char *path, const struct slot_state slots[SLOTS],
		    const struct slot_writes *writes, struct error *error)
{
	uint8_t block[SLOT_BLOCK_BYTES];
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(error, "open %s", path);
	for (unsigned i = 0; i < writes->count; i++) {
		unsigned slot = writes->slots[i];

		slot_encode(&slots[slot], block);
		int r = file_write_at(fd, slot * SLOT_STRIDE_BYTES, block, sizeof(block), error);
		if (r < 0)
			return error_wrap(error, "%s", path);
		if (fsync(fd) < 0)
			return error_errno(error, "sync %s", path);
	}
	return 0;
}
