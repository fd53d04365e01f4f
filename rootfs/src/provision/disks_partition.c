// SPDX-License-Identifier: Apache-2.0
/* A disk's partition table, from its plan (lib/partplan). Must never change a partition that is in
 * use or that this system starts from. */
#include "lib/bytes.h"
#include "os/blkpg.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "provision/disks.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the running system, its updates and its boot loader need (image/repart.d). */
static const char *const own_labels[] = { "bios-boot", "esp",    "bootstate", "boot-a",   "boot-b",
					  "root-a",    "root-b", "verity-a",  "verity-b", "state" };

/* A file system on the whole disk goes, as with the reference; a table of another kind does not. */
static int check_no_other_table(const struct disks_device *device, struct error *error)
{
	struct signature found;
	int r = devices_probe(device->name, NULL, &found, error);

	if (r == 0 && found.table[0] != '\0')
		return error_set(error, -EEXIST,
				 "it has a partition table of type %s, and wipeTable is not set",
				 found.table);
	return r;
}

/* The table that the plan starts from: the one that is there, or an empty one. */
static int load(const struct ign_disk *wanted, const struct disks_device *device, struct gpt *ret,
		uint32_t *ret_sector_bytes, struct error *error)
{
	uint64_t sectors;
	int r = blockdev_gpt(device->name, ret, ret_sector_bytes, &sectors, error);
	const bool found = r == 0;
	struct gpt empty;

	if (r < 0 && r != -ENODATA && !(r == -EBADMSG && wanted->wipe_table == IGN_TRUE))
		return r;
	if (r == -ENODATA && wanted->wipe_table != IGN_TRUE && wanted->partitions.count > 0) {
		r = check_no_other_table(device, error);
		if (r < 0)
			return r;
	}
	partplan_empty(sectors, *ret_sector_bytes, &empty);
	if (wanted->wipe_table == IGN_TRUE || !found)
		*ret = empty;
	/* A disk that has become larger: all of it can be used. */
	if (ret->last_usable_lba < empty.last_usable_lba)
		ret->last_usable_lba = empty.last_usable_lba;
	return 0;
}

static int check_whole_disk(const struct disks_device *device, struct error *error)
{
	char disk[DEVICE_NAME_BYTES];

	if (blockdev_disk(device->name, disk) < 0 || strcmp(disk, device->name) != 0)
		return error_set(error, -EINVAL, "%s is a partition, not a disk", device->path);
	return 0;
}

int disks_plan(const struct ign_disk *wanted, const struct disks_device *device,
	       struct partplan *ret, uint32_t *ret_sector_bytes, struct error *error)
{
	struct gpt existing = { 0 };
	int r = check_whole_disk(device, error);

	if (r == 0)
		r = load(wanted, device, &existing, ret_sector_bytes, error);
	if (r == 0)
		r = partplan_make(&existing, *ret_sector_bytes, wanted, ret, error);
	return r;
}

static bool is_own(const struct disks_device *device, const char *label)
{
	char disk[DEVICE_NAME_BYTES];

	if (devices_root_disk(disk, NULL) < 0 || strcmp(disk, device->name) != 0)
		return false;
	for (size_t i = 0; i < sizeof(own_labels) / sizeof(own_labels[0]); i++)
		if (strcmp(label, own_labels[i]) == 0)
			return true;
	return false;
}

static bool goes(const struct ign_disk *wanted, const struct partplan *plan, unsigned number)
{
	if (wanted->wipe_table == IGN_TRUE || number == 0 || number > GPT_ENTRIES_MAX)
		return true;
	return plan->changes[number - 1] == PARTPLAN_REMOVED ||
	       plan->changes[number - 1] == PARTPLAN_REPLACED ||
	       plan->changes[number - 1] == PARTPLAN_SHRUNK;
}

static int check_partitions_unused(const struct ign_disk *wanted, const struct disks_device *device,
				   const struct partplan *plan, struct error *error)
{
	struct partition_table *table = malloc(sizeof(*table));
	int r = table ? blockdev_partitions(table, error) : -ENOMEM;

	if (r == 0)
		blockdev_name_partitions(table, device->name);
	for (size_t i = 0; r == 0 && i < table->count; i++) {
		const struct partition *row = &table->rows[i];

		if (strcmp(row->disk, device->name) != 0 || !goes(wanted, plan, row->number))
			continue;
		r = blockdev_check_unused(row->device, error);
		if (r == 0 && is_own(device, row->label))
			r = error_set(error, -EBUSY, "%s (%s) is part of the running system",
				      row->device, row->label);
	}
	free(table);
	return r;
}

static int run_sfdisk(const struct disks_device *device, const char *script, bool fresh,
		      struct error *error)
{
	char program[SPAWN_PATH_BYTES];
	/* What lies in the partitions is kept: they may be wanted as they are. The kernel is told
	 * by us, one by one, since others of the disk may be in use. */
	const char *const argv[] = { program,
				     "--no-reread",
				     "--no-tell-kernel",
				     "--quiet",
				     "--lock=yes",
				     "--wipe",
				     fresh ? "always" : "never",
				     "--wipe-partitions",
				     "never",
				     device->path,
				     NULL };
	struct spawn_io io = { .input = script, .input_bytes = strlen(script) };
	int r = spawn_find("sfdisk", program, error);

	if (r == 0)
		r = spawn_io(argv, 0, &io, error);
	free(io.output);
	return r;
}

/* sfdisk has said that all went well: the disk is asked. */
static int read_back(const struct disks_device *device, const struct gpt *wanted, struct gpt *ret,
		     struct error *error)
{
	uint32_t sector_bytes;
	uint64_t sectors;
	int r = blockdev_gpt(device->name, ret, &sector_bytes, &sectors, error);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < wanted->entry_count; i++) {
		const struct gpt_entry *left = &wanted->entries[i], *right = &ret->entries[i];

		if (left->first_lba != right->first_lba || left->last_lba != right->last_lba ||
		    memcmp(left->type, right->type, GUID_BYTES) != 0 ||
		    memcmp(left->name, right->name, sizeof(left->name)) != 0)
			return error_set(error, -EIO, "partition %u was not written as planned",
					 i + 1);
	}
	return 0;
}

/*
 * Order: a table that is to be wiped goes first, both copies; then sfdisk writes the whole new one,
 * the backup before the first (libfdisk, gpt_write_disklabel). A crash leaves the old table, none
 * (which wipeTable makes of it anyway), or one of two copies, that the next run reads: in all cases
 * it comes to the same plan.
 */
static int write_table(const struct ign_disk *wanted, const struct disks_device *device,
		       const struct partplan *plan, uint32_t sector_bytes, struct error *error)
{
	const bool fresh = is_zero(plan->table.disk_id, GUID_BYTES);
	AUTO_FREE char *script = NULL;
	int r = 0;

	if (wanted->wipe_table == IGN_TRUE)
		r = disks_erase(device, GPT_START_BYTES(sector_bytes), GPT_END_BYTES(sector_bytes),
				error);
	if (r < 0 || !plan->writes)
		return r;
	if (partplan_script(&plan->table, sector_bytes, &script) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return run_sfdisk(device, script, fresh, error);
}

int disks_partition(const struct ign_disk *wanted, struct error *error)
{
	struct partplan *plan = malloc(sizeof(*plan));
	struct disks_device device;
	struct gpt written = { 0 };
	uint32_t sector_bytes;
	int r = plan ? disks_wait(&wanted->device, &device, error)
		     : error_set(error, -ENOMEM, "out of memory");
	bool writes;

	if (r == 0)
		r = disks_plan(wanted, &device, plan, &sector_bytes, error);
	writes = r == 0 && (plan->writes || wanted->wipe_table == IGN_TRUE);
	if (writes)
		r = check_partitions_unused(wanted, &device, plan, error);
	if (r == 0 && writes && is_zero(plan->table.disk_id, GUID_BYTES))
		r = blockdev_check_unused(device.name, error);
	if (r == 0 && writes)
		r = write_table(wanted, &device, plan, sector_bytes, error);
	if (r == 0 && writes && plan->writes)
		r = read_back(&device, &plan->table, &written, error);
	/* Also what a run before had written, but had no time to tell the kernel of. */
	if (r == 0 && (writes || !is_zero(plan->table.disk_id, GUID_BYTES)))
		r = blkpg_update(device.name, plan->writes ? &written : &plan->table, sector_bytes,
				 error);
	free(plan);
	return r;
}
