// SPDX-License-Identifier: Apache-2.0
/* See imageplan.h. Must never plan a partition outside of the disk, or below the head. */
#include "lib/imageplan.h"
#include "lib/bytes.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define CONFIG_LABEL "ignition"
#define CONFIG_TYPE                                                                   \
	"587bab8b-f332-4c82-a2d7-01a9fc97f231" /* our own: nobody takes it for theirs \
						*/
#define IMAGE_BYTES_MAX (1ULL << 50)
#define HEAD_SECTORS (IMAGE_HEAD_BYTES / SECTOR_BYTES)

static bool used(const struct gpt_entry *entry)
{
	return !is_zero(entry->type, GUID_BYTES);
}

/* The backup table's place says how long the image is. */
static int read_image(const uint8_t *head, struct imageplan *plan, struct error *error)
{
	struct gpt *table = &plan->table;
	uint64_t last = 0;
	int r = gpt_decode(head, SECTOR_BYTES, IMAGE_BYTES_MAX / SECTOR_BYTES, table, error);

	if (r < 0)
		return error_set(error, -EBADMSG, "not a disk image: %s",
				 r == -ENODATA ? "no GPT" : "its GPT is damaged");
	for (uint32_t i = 0; i < table->entry_count; i++) {
		const struct gpt_entry *entry = &table->entries[i];

		if (used(entry) && entry->first_lba < HEAD_SECTORS)
			return error_set(error, -EBADMSG,
					 "not an image of ours: partition %u is in the first MiB",
					 i + 1);
		if (used(entry) && entry->last_lba > last)
			last = entry->last_lba;
	}
	if (last == 0 || table->alternate_lba >= IMAGE_BYTES_MAX / SECTOR_BYTES ||
	    table->alternate_lba < last + GPT_END_BYTES(SECTOR_BYTES) / SECTOR_BYTES)
		return error_set(error, -EBADMSG, "not a disk image: no partitions, or no end");
	plan->body_end_bytes = (last + 1) * SECTOR_BYTES;
	plan->image_bytes = (table->alternate_lba + 1) * SECTOR_BYTES;
	return 0;
}

/* What the first boot adds gets the lowest number that is free, which is left to it. */
static int number_for_config(const struct gpt *table)
{
	int number = -1;

	for (int i = (int)table->entry_count - 1; i >= 0 && !used(&table->entries[i]); i--)
		number = i;
	return number < 0 || number + 1 >= (int)table->entry_count ? -1 : number + 1;
}

/* Close behind the image's partitions, so that all room behind it is the state's, which grows. */
static int add_config(struct imageplan *plan, uint64_t config_bytes, struct error *error)
{
	int number = number_for_config(&plan->table);
	uint64_t start =
		(plan->body_end_bytes + IMAGE_HEAD_BYTES - 1) / IMAGE_HEAD_BYTES * IMAGE_HEAD_BYTES;
	struct gpt_entry *entry;

	if (number < 0)
		return error_set(error, -ENOSPC, "the image's table has no room for the config");
	entry = &plan->table.entries[number];
	*entry = (struct gpt_entry){ .first_lba = start / SECTOR_BYTES };
	entry->last_lba = (start + config_bytes - 1) / SECTOR_BYTES;
	guid_parse(CONFIG_TYPE, entry->type);
	gpt_set_label(entry, CONFIG_LABEL);
	if (entry->last_lba > plan->table.last_usable_lba)
		return error_set(error, -ENOSPC,
				 "the disk is too small for the image and its config");
	plan->config_start_bytes = start;
	return 0;
}

/* Random GUIDs by RFC 9562: version 4, in the third field, which is little-endian here. */
static void copy_id(uint8_t *to, const uint8_t *id)
{
	memcpy(to, id, GUID_BYTES);
	to[7] = (uint8_t)((to[7] & 0x0f) | 0x40);
	to[8] = (uint8_t)((to[8] & 0x3f) | 0x80);
}

static void fit_to_disk(struct gpt *table, uint64_t disk_sectors)
{
	table->alternate_lba = disk_sectors - 1;
	table->last_usable_lba = disk_sectors - 1 - GPT_END_BYTES(SECTOR_BYTES) / SECTOR_BYTES;
}

int imageplan_make(const uint8_t head[IMAGE_HEAD_BYTES], uint64_t disk_bytes, uint64_t config_bytes,
		   const uint8_t ids[GPT_ENTRIES_MAX + 1][GUID_BYTES], struct imageplan *ret,
		   struct error *error)
{
	int r = read_image(head, ret, error);

	if (r < 0)
		return r;
	ret->config_start_bytes = 0;
	if (disk_bytes < ret->image_bytes)
		return error_set(error, -ENOSPC,
				 "too small: %" PRIu64 " bytes, the image is of %" PRIu64,
				 disk_bytes, ret->image_bytes);
	fit_to_disk(&ret->table, disk_bytes / SECTOR_BYTES);
	if (config_bytes > 0)
		r = add_config(ret, config_bytes, error);
	if (r < 0)
		return r;
	copy_id(ret->table.disk_id, ids[0]);
	for (uint32_t i = 0; i < ret->table.entry_count; i++)
		if (used(&ret->table.entries[i]))
			copy_id(ret->table.entries[i].id, ids[i + 1]);
	memcpy(ret->head, head, IMAGE_HEAD_BYTES);
	if (gpt_protect(ret->head, disk_bytes / SECTOR_BYTES) < 0)
		return error_set(error, -EBADMSG, "not a disk image: no protective MBR");
	gpt_encode(&ret->table, SECTOR_BYTES, ret->head);
	return 0;
}
