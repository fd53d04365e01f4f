// SPDX-License-Identifier: Apache-2.0
/* See blkpg.h. Must never remove a partition that the table has in the same place. */
#include "os/blkpg.h"
#include "lib/bytes.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "os/ioctl.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct update {
	const char *disk;
	const struct gpt *table;
	uint32_t sector_bytes;
	int fd;
	struct partition_table *known;
	struct error *error;
};

static int tell(const struct update *update, int operation, unsigned number,
		const struct gpt_entry *entry)
{
	struct blkpg_partition partition = { .pno = (int)number };
	struct blkpg_ioctl_arg argument = { .op = operation,
					    .datalen = sizeof(partition),
					    .data = &partition };

	if (entry) {
		partition.start = (long long)(entry->first_lba * update->sector_bytes);
		partition.length = (long long)((entry->last_lba - entry->first_lba + 1) *
					       update->sector_bytes);
	}
	if (device_ioctl(update->fd, BLKPG, &argument) < 0)
		return error_errno(update->error, "tell the kernel of partition %u of %s", number,
				   update->disk);
	return 0;
}

/* The entry that the kernel's partition is, NULL if it has to go. */
static const struct gpt_entry *entry_of(const struct update *update, const struct partition *row)
{
	const struct gpt_entry *entry;

	if (row->number == 0 || row->number > update->table->entry_count)
		return NULL;
	entry = &update->table->entries[row->number - 1];
	if (is_zero(entry->type, GUID_BYTES) ||
	    entry->first_lba * (update->sector_bytes / 512) != row->start_sectors)
		return NULL;
	return entry;
}

static uint64_t size_sectors(const struct update *update, const struct gpt_entry *entry)
{
	return (entry->last_lba - entry->first_lba + 1) * (update->sector_bytes / 512);
}

/* First all that frees room, then all that takes it. */
static int change_known(const struct update *update, bool shrinking, bool *ret_known)
{
	int r = 0;

	for (size_t i = 0; i < update->known->count && r == 0; i++) {
		const struct partition *row = &update->known->rows[i];
		const struct gpt_entry *entry;

		if (strcmp(row->disk, update->disk) != 0)
			continue;
		entry = entry_of(update, row);
		if (!entry && shrinking)
			r = tell(update, BLKPG_DEL_PARTITION, row->number, NULL);
		if (!entry)
			continue;
		ret_known[row->number - 1] = true;
		if (size_sectors(update, entry) != row->size_sectors &&
		    (size_sectors(update, entry) < row->size_sectors) == shrinking)
			r = tell(update, BLKPG_RESIZE_PARTITION, row->number, entry);
	}
	return r;
}

static int bring_up_to_date(const struct update *update)
{
	bool known[GPT_ENTRIES_MAX] = { false };
	int r = blockdev_partitions(update->known, update->error);

	if (r == 0)
		r = change_known(update, true, known);
	if (r == 0)
		r = change_known(update, false, known);
	for (uint32_t i = 0; i < update->table->entry_count && r == 0; i++)
		if (!known[i] && !is_zero(update->table->entries[i].type, GUID_BYTES))
			r = tell(update, BLKPG_ADD_PARTITION, i + 1, &update->table->entries[i]);
	return r;
}

int blkpg_update(const char *disk, const struct gpt *table, uint32_t sector_bytes,
		 struct error *error)
{
	char path[DEVICE_NAME_BYTES + 8];
	struct update update = { disk, table, sector_bytes, -1, NULL, error };
	int r;

	snprintf(path, sizeof(path), "/dev/%s", disk);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(error, "open %s", path);
	update.fd = fd;
	update.known = malloc(sizeof(*update.known));
	if (!update.known)
		return error_set(error, -ENOMEM, "out of memory");
	r = bring_up_to_date(&update);
	free(update.known);
	return r;
}
