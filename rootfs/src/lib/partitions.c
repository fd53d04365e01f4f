// SPDX-License-Identifier: Apache-2.0
/* See partitions.h. Must never mix partitions of two disks. */
#include "lib/partitions.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BACKUP_GPT_SECTORS 33

/* Value of the line KEY=VALUE; cut to the room there is. Returns false if there is no such line. */
static bool line_value(const char *text, const char *key, char *ret, size_t room)
{
	size_t key_length = strlen(key);

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (length > key_length && text[key_length] == '=' &&
		    memcmp(text, key, key_length) == 0) {
			size_t value = length - key_length - 1;

			if (value >= room)
				value = room - 1;
			memcpy(ret, text + key_length + 1, value);
			ret[value] = '\0';
			return true;
		}
		text += length + (text[length] == '\n');
	}
	return false;
}

static bool line_number(const char *text, const char *key, unsigned *ret)
{
	char value[16];
	uint64_t number;

	if (!line_value(text, key, value, sizeof(value)) ||
	    text_to_number(value, UINT32_MAX, &number) < 0)
		return false;
	*ret = (unsigned)number;
	return true;
}

int partition_from_uevent(const char *uevent, struct partition *ret)
{
	struct partition row = { 0 };
	char type[16];

	if (!line_value(uevent, "DEVTYPE", type, sizeof(type)) || strcmp(type, "partition") != 0)
		return -ENOENT;
	if (!line_number(uevent, "MAJOR", &row.major) ||
	    !line_number(uevent, "MINOR", &row.minor) ||
	    !line_number(uevent, "PARTN", &row.number) ||
	    !line_value(uevent, "DEVNAME", row.device, sizeof(row.device)) || row.device[0] == '\0')
		return -EBADMSG;
	if (!line_value(uevent, "PARTNAME", row.label, sizeof(row.label)))
		row.label[0] = '\0';
	*ret = row;
	return 0;
}

void partitions_name(struct partition_table *table, const char *disk, const struct gpt *gpt,
		     uint32_t sector_bytes)
{
	for (size_t i = 0; i < table->count; i++) {
		struct partition *row = &table->rows[i];

		if (strcmp(row->disk, disk) != 0 || row->number == 0 ||
		    row->number > gpt->entry_count)
			continue;
		const struct gpt_entry *entry = &gpt->entries[row->number - 1];
		if (entry->first_lba * (sector_bytes / 512) == row->start_sectors)
			gpt_name(entry, row->label);
	}
}

/* The only partition with that label on that disk. Returns 0, -ENOENT or -ENOTUNIQ. */
static int find_one(const struct partition_table *table, const char *disk, const char *label,
		    const struct partition **ret, struct error *error)
{
	const struct partition *found = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct partition *row = &table->rows[i];

		if (strcmp(row->disk, disk) != 0 || strcmp(row->label, label) != 0)
			continue;
		if (found)
			return error_set(error, -ENOTUNIQ, "%s and %s are both labelled %s",
					 found->device, row->device, label);
		found = row;
	}
	if (!found)
		return error_set(error, -ENOENT, "no partition labelled %s on %s", label, disk);
	*ret = found;
	return 0;
}

const struct partition *partitions_find(const struct partition_table *table, const char *disk,
					const char *label)
{
	const struct partition *found;

	return find_one(table, disk, label, &found, NULL) == 0 ? found : NULL;
}

int partitions_state_disk(const struct partition_table *table, const char *wanted,
			  char ret[DEVICE_NAME_BYTES], struct error *error)
{
	const char *found = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const char *disk = table->rows[i].disk;

		if (strcmp(table->rows[i].label, "state") != 0 ||
		    (*wanted != '\0' && strcmp(disk, wanted) != 0) ||
		    !partitions_find(table, disk, "root-a"))
			continue;
		if (found && strcmp(found, disk) != 0)
			return error_set(error, -ENOTUNIQ,
					 "disks %s and %s both have a state partition; remedy: "
					 "keelson.disk=NAME",
					 found, disk);
		found = disk;
	}
	if (!found)
		return error_set(error, -ENOENT, "no disk with a state partition");
	memcpy(ret, found, DEVICE_NAME_BYTES);
	return 0;
}

static int choose_on_disk(const struct partition_table *table, const char *disk,
			  const char *root_label, const char *verity_label,
			  struct slot_partitions *ret, struct error *error)
{
	const struct partition *root, *verity;
	int r = find_one(table, disk, root_label, &root, error);

	if (r == 0)
		r = find_one(table, disk, verity_label, &verity, error);
	if (r == 0)
		*ret = (struct slot_partitions){ .root = *root, .verity = *verity };
	return r;
}

int partitions_choose(const struct partition_table *table, enum slot slot, const char *disk,
		      struct slot_partitions *ret, struct error *error)
{
	char root_label[16], verity_label[16];
	struct slot_partitions chosen = { 0 };
	int result;

	snprintf(root_label, sizeof(root_label), "root-%s", slot_name(slot));
	snprintf(verity_label, sizeof(verity_label), "verity-%s", slot_name(slot));
	result = error_set(error, -ENOENT, "no partition labelled %s on %s", root_label,
			   *disk != '\0' ? disk : "any disk");
	for (size_t i = 0; i < table->count; i++) {
		const struct partition *row = &table->rows[i];

		if (strcmp(row->label, root_label) != 0 ||
		    (*disk != '\0' && strcmp(row->disk, disk) != 0))
			continue;
		if (result == 0 && strcmp(row->disk, chosen.root.disk) != 0)
			return error_set(
				error, -ENOTUNIQ,
				"disks %s and %s both hold %s; remedy: detach one, or keelson.disk=NAME",
				chosen.root.disk, row->disk, root_label);
		int r = choose_on_disk(table, row->disk, root_label, verity_label, &chosen,
				       result == 0 ? NULL : error);
		if (r == -ENOTUNIQ)
			return r;
		if (r == 0)
			result = 0;
	}
	if (result == 0)
		*ret = chosen;
	return result;
}

uint64_t partitions_free_behind(const struct partition_table *table, const char *disk,
				uint64_t disk_sectors)
{
	const struct partition *state = partitions_find(table, disk, "state");
	uint64_t end = state ? state->start_sectors + state->size_sectors : 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct partition *row = &table->rows[i];

		if (strcmp(row->disk, disk) != 0)
			continue;
		if (state && row->start_sectors > state->start_sectors)
			return 0;
		if (row->start_sectors + row->size_sectors > end)
			end = row->start_sectors + row->size_sectors;
	}
	if (end + BACKUP_GPT_SECTORS >= disk_sectors)
		return 0;
	return disk_sectors - end - BACKUP_GPT_SECTORS;
}
