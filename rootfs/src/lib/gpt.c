// SPDX-License-Identifier: Apache-2.0
/* Decoding and encoding of the GPT; see gpt.h. Must never return a partition that lies outside the
 * usable area. */
#include "lib/gpt.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include "lib/utf8.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Offsets in the header, UEFI 2.10 table 5.5. */
enum {
	AT_SIGNATURE = 0,
	AT_REVISION = 8,
	AT_HEADER_SIZE = 12,
	AT_HEADER_CRC = 16,
	AT_MY_LBA = 24,
	AT_ALTERNATE_LBA = 32,
	AT_FIRST_USABLE = 40,
	AT_LAST_USABLE = 48,
	AT_DISK_ID = 56,
	AT_ENTRIES_LBA = 72,
	AT_ENTRY_COUNT = 80,
	AT_ENTRY_BYTES = 84,
	AT_ENTRIES_CRC = 88,
	HEADER_BYTES = 92,
};

/* Offsets in an entry, table 5.6. */
enum { AT_TYPE = 0, AT_ID = 16, AT_FIRST = 32, AT_LAST = 40, AT_ATTRIBUTES = 48, AT_NAME = 56 };

static const uint8_t signature[8] = "EFI PART";

static uint32_t header_crc(const uint8_t *header)
{
	uint8_t copy[HEADER_BYTES];

	memcpy(copy, header, sizeof(copy));
	put_le(copy + AT_HEADER_CRC, 4, 0);
	return crc32_ieee(copy, sizeof(copy));
}

/* One of the two tables: where its parts are on the disk, and in memory. */
struct table {
	uint64_t header_lba, entries_lba;
	uint64_t end_lba; /* of what partitions may use at most, exclusive */
	const uint8_t *header, *entries;
};

static int decode_header(const struct table *table, uint32_t sector_bytes, struct gpt *gpt,
			 struct error *error)
{
	const uint8_t *header = table->header;

	if (memcmp(header + AT_SIGNATURE, signature, sizeof(signature)) != 0)
		return error_set(error, -ENODATA, "no GPT");
	if (get_le32(header + AT_REVISION) != 0x00010000 ||
	    get_le32(header + AT_HEADER_SIZE) != HEADER_BYTES)
		return error_set(error, -EBADMSG, "GPT header: unknown revision or size");
	if (header_crc(header) != get_le32(header + AT_HEADER_CRC))
		return error_set(error, -EBADMSG, "GPT header: wrong checksum");
	gpt->alternate_lba = get_le64(header + AT_ALTERNATE_LBA);
	gpt->first_usable_lba = get_le64(header + AT_FIRST_USABLE);
	gpt->last_usable_lba = get_le64(header + AT_LAST_USABLE);
	memcpy(gpt->disk_id, header + AT_DISK_ID, GUID_BYTES);
	gpt->entry_count = get_le32(header + AT_ENTRY_COUNT);
	if (get_le64(header + AT_MY_LBA) != table->header_lba ||
	    get_le64(header + AT_ENTRIES_LBA) != table->entries_lba ||
	    get_le32(header + AT_ENTRY_BYTES) != GPT_ENTRY_BYTES || gpt->entry_count == 0 ||
	    gpt->entry_count > GPT_ENTRIES_MAX)
		return error_set(error, -EBADMSG,
				 "GPT header: not in its place, with at most %d entries in theirs",
				 GPT_ENTRIES_MAX);
	uint64_t entries_end_lba =
		2 + (gpt->entry_count * GPT_ENTRY_BYTES + sector_bytes - 1) / sector_bytes;
	if (gpt->first_usable_lba < entries_end_lba ||
	    gpt->last_usable_lba < gpt->first_usable_lba || gpt->last_usable_lba >= table->end_lba)
		return error_set(error, -EBADMSG, "GPT header: usable area is not on the disk");
	return 0;
}

static void decode_entry(const uint8_t *at, struct gpt_entry *entry)
{
	memcpy(entry->type, at + AT_TYPE, GUID_BYTES);
	memcpy(entry->id, at + AT_ID, GUID_BYTES);
	entry->first_lba = get_le64(at + AT_FIRST);
	entry->last_lba = get_le64(at + AT_LAST);
	entry->attributes = get_le64(at + AT_ATTRIBUTES);
	for (int i = 0; i < GPT_NAME_UNITS; i++)
		entry->name[i] = get_le16(at + AT_NAME + 2 * i);
}

static bool used(const struct gpt_entry *entry)
{
	return !is_zero(entry->type, GUID_BYTES);
}

static int check_entry(const struct gpt *gpt, uint32_t index, struct error *error)
{
	const struct gpt_entry *entry = &gpt->entries[index];

	if (entry->last_lba < entry->first_lba || entry->first_lba < gpt->first_usable_lba ||
	    entry->last_lba > gpt->last_usable_lba)
		return error_set(error, -EBADMSG, "GPT: partition %u lies outside the usable area",
				 index + 1);
	for (uint32_t i = 0; i < index; i++) {
		const struct gpt_entry *other = &gpt->entries[i];

		if (used(other) && entry->first_lba <= other->last_lba &&
		    other->first_lba <= entry->last_lba)
			return error_set(error, -EBADMSG, "GPT: partitions %u and %u overlap",
					 i + 1, index + 1);
	}
	return 0;
}

static int decode(const struct table *table, uint32_t sector_bytes, struct gpt *ret,
		  struct error *error)
{
	struct gpt gpt = { 0 };
	int r = decode_header(table, sector_bytes, &gpt, error);

	if (r < 0)
		return r;
	if (crc32_ieee(table->entries, gpt.entry_count * GPT_ENTRY_BYTES) !=
	    get_le32(table->header + AT_ENTRIES_CRC))
		return error_set(error, -EBADMSG, "GPT entries: wrong checksum");
	for (uint32_t i = 0; i < gpt.entry_count; i++) {
		decode_entry(table->entries + i * GPT_ENTRY_BYTES, &gpt.entries[i]);
		if (used(&gpt.entries[i]) && check_entry(&gpt, i, error) < 0)
			return -EBADMSG;
	}
	*ret = gpt;
	return 0;
}

int gpt_decode(const uint8_t *start, uint32_t sector_bytes, uint64_t disk_sectors, struct gpt *ret,
	       struct error *error)
{
	const struct table table = { 1, 2, disk_sectors, start + sector_bytes,
				     start + 2 * sector_bytes };

	return decode(&table, sector_bytes, ret, error);
}

int gpt_decode_backup(const uint8_t *end, uint32_t sector_bytes, uint64_t disk_sectors,
		      struct gpt *ret, struct error *error)
{
	const uint32_t entries_bytes = GPT_END_BYTES(sector_bytes) - sector_bytes;
	const uint64_t entries_lba = disk_sectors - 1 - entries_bytes / sector_bytes;
	const struct table table = { disk_sectors - 1, entries_lba, entries_lba,
				     end + entries_bytes, end };

	return decode(&table, sector_bytes, ret, error);
}

static void encode_entry(const struct gpt_entry *entry, uint8_t *at)
{
	memcpy(at + AT_TYPE, entry->type, GUID_BYTES);
	memcpy(at + AT_ID, entry->id, GUID_BYTES);
	put_le(at + AT_FIRST, 8, entry->first_lba);
	put_le(at + AT_LAST, 8, entry->last_lba);
	put_le(at + AT_ATTRIBUTES, 8, entry->attributes);
	for (int i = 0; i < GPT_NAME_UNITS; i++)
		put_le(at + AT_NAME + 2 * i, 2, entry->name[i]);
}

/* Where the parts of a table are, for its header. */
struct place {
	uint64_t my_lba, other_lba, entries_lba;
};

static void encode(const struct gpt *gpt, const struct place *place, uint8_t *header,
		   uint8_t *entries)
{
	for (uint32_t i = 0; i < gpt->entry_count; i++)
		encode_entry(&gpt->entries[i], entries + i * GPT_ENTRY_BYTES);
	memcpy(header + AT_SIGNATURE, signature, sizeof(signature));
	put_le(header + AT_REVISION, 4, 0x00010000);
	put_le(header + AT_HEADER_SIZE, 4, HEADER_BYTES);
	put_le(header + AT_MY_LBA, 8, place->my_lba);
	put_le(header + AT_ALTERNATE_LBA, 8, place->other_lba);
	put_le(header + AT_FIRST_USABLE, 8, gpt->first_usable_lba);
	put_le(header + AT_LAST_USABLE, 8, gpt->last_usable_lba);
	memcpy(header + AT_DISK_ID, gpt->disk_id, GUID_BYTES);
	put_le(header + AT_ENTRIES_LBA, 8, place->entries_lba);
	put_le(header + AT_ENTRY_COUNT, 4, gpt->entry_count);
	put_le(header + AT_ENTRY_BYTES, 4, GPT_ENTRY_BYTES);
	put_le(header + AT_ENTRIES_CRC, 4, crc32_ieee(entries, gpt->entry_count * GPT_ENTRY_BYTES));
	put_le(header + AT_HEADER_CRC, 4, header_crc(header));
}

void gpt_encode(const struct gpt *gpt, uint32_t sector_bytes, uint8_t *start)
{
	const struct place place = { 1, gpt->alternate_lba, 2 };

	memset(start + sector_bytes, 0, GPT_START_BYTES(sector_bytes) - sector_bytes);
	encode(gpt, &place, start + sector_bytes, start + 2 * sector_bytes);
}

void gpt_encode_backup(const struct gpt *gpt, uint32_t sector_bytes, uint8_t *end)
{
	const uint32_t entries_bytes = GPT_END_BYTES(sector_bytes) - sector_bytes;
	const struct place place = { gpt->alternate_lba, 1,
				     gpt->alternate_lba - entries_bytes / sector_bytes };

	memset(end, 0, GPT_END_BYTES(sector_bytes));
	encode(gpt, &place, end + entries_bytes, end);
}

int gpt_protect(uint8_t mbr[SECTOR_BYTES], uint64_t disk_sectors)
{
	uint8_t *record = mbr + 446;
	uint64_t sectors = disk_sectors - 1;

	if (get_le16(mbr + 510) != 0xaa55 || record[4] != 0xee || get_le32(record + 8) != 1)
		return -EBADMSG;
	put_le(record + 12, 4, sectors < UINT32_MAX ? sectors : UINT32_MAX);
	return 0;
}

void gpt_name(const struct gpt_entry *entry, char ret[GPT_NAME_UNITS + 1])
{
	int i;

	for (i = 0; i < GPT_NAME_UNITS && entry->name[i] != 0; i++)
		ret[i] =
			entry->name[i] >= ' ' && entry->name[i] <= '~' ? (char)entry->name[i] : '?';
	ret[i] = '\0';
}

static bool between(uint32_t value, uint32_t low, uint32_t high)
{
	return low <= value && value <= high;
}

void gpt_label(const struct gpt_entry *entry, char ret[GPT_LABEL_BYTES])
{
	const uint16_t *name = entry->name;
	char *out = ret;

	for (int i = 0; i < GPT_NAME_UNITS && name[i] != 0; i++) {
		uint32_t rune = name[i];
		bool pair = between(rune, 0xd800, 0xdbff) && i + 1 < GPT_NAME_UNITS &&
			    between(name[i + 1], 0xdc00, 0xdfff);

		if (pair)
			rune = 0x10000 + ((rune & 0x3ff) << 10 | (name[++i] & 0x3ff));
		else if (between(rune, 0xd800, 0xdfff))
			rune = UTF8_REPLACEMENT;
		out += utf8_encode(rune, out);
	}
	*out = '\0';
}

int gpt_set_label(struct gpt_entry *entry, const char *label)
{
	uint16_t name[GPT_NAME_UNITS] = { 0 };
	size_t left = strlen(label), used_units = 0;

	while (left > 0) {
		uint32_t rune;
		size_t taken = utf8_decode(label, left, &rune);
		size_t units = rune >= 0x10000 ? 2 : 1;

		if (used_units + units > GPT_NAME_UNITS)
			return -ENAMETOOLONG;
		if (units == 2) {
			name[used_units++] = (uint16_t)(0xd800 + ((rune - 0x10000) >> 10));
			rune = 0xdc00 + (rune & 0x3ff);
		}
		name[used_units++] = (uint16_t)rune;
		label += taken;
		left -= taken;
	}
	memcpy(entry->name, name, sizeof(name));
	return 0;
}

const struct gpt_entry *gpt_find_type(const struct gpt *gpt, const uint8_t type[GUID_BYTES])
{
	for (uint32_t i = 0; i < gpt->entry_count; i++)
		if (memcmp(gpt->entries[i].type, type, GUID_BYTES) == 0)
			return &gpt->entries[i];
	return NULL;
}

const struct gpt_entry *gpt_find_id(const struct gpt *gpt, const uint8_t id[GUID_BYTES])
{
	for (uint32_t i = 0; i < gpt->entry_count; i++)
		if (used(&gpt->entries[i]) && memcmp(gpt->entries[i].id, id, GUID_BYTES) == 0)
			return &gpt->entries[i];
	return NULL;
}
