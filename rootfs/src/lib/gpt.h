// SPDX-License-Identifier: Apache-2.0
/*
 * The GUID partition table (UEFI 2.10, section 5.3) as memory: the primary one with its entries
 * close behind the header, and the backup at the disk's end with its entries close before it, as
 * every partitioning tool writes them. CRCs and bounds are checked before any field is used. Places
 * on the disk (LBA) count in the disk's sectors, of 512 or 4096 bytes.
 */
#pragma once
#include "lib/error.h"
#include "lib/guid.h"
#include <stddef.h>
#include <stdint.h>

#define SECTOR_BYTES 512 /* of nearly all disks, and of everything that BIOSes know */
#define SECTOR_BYTES_MAX 4096
#define GPT_ENTRIES_MAX 128
#define GPT_ENTRY_BYTES 128
#define GPT_NAME_UNITS 36
#define GPT_LABEL_BYTES (3 * GPT_NAME_UNITS + 1)

/* What to read from the start of a disk for gpt_decode: protective MBR, header, entries. */
#define GPT_START_BYTES(sector_bytes) (2 * (sector_bytes) + GPT_ENTRIES_MAX * GPT_ENTRY_BYTES)

/* What to read from the end of a disk for gpt_decode_backup: entries, header. */
#define GPT_END_BYTES(sector_bytes) (GPT_ENTRIES_MAX * GPT_ENTRY_BYTES + (sector_bytes))

struct gpt_entry {
	uint8_t type[GUID_BYTES]; /* all zero: unused */
	uint8_t id[GUID_BYTES];
	uint64_t first_lba;
	uint64_t last_lba; /* inclusive */
	uint64_t attributes;
	uint16_t name[GPT_NAME_UNITS]; /* UTF-16LE */
};

struct gpt {
	uint64_t alternate_lba;
	uint64_t first_usable_lba;
	uint64_t last_usable_lba;
	uint8_t disk_id[GUID_BYTES];
	uint32_t entry_count;
	struct gpt_entry entries[GPT_ENTRIES_MAX];
};

/* start holds the first GPT_START_BYTES of a disk of disk_sectors sectors. Returns 0, -ENODATA when
 * there is no GPT, -EBADMSG when there is one that is damaged; ret is then untouched. */
int gpt_decode(const uint8_t *start, uint32_t sector_bytes, uint64_t disk_sectors, struct gpt *ret,
	       struct error *error);

/* The same of the backup: end holds the last GPT_END_BYTES of the disk. */
int gpt_decode_backup(const uint8_t *end, uint32_t sector_bytes, uint64_t disk_sectors,
		      struct gpt *ret, struct error *error);

/* The header and the entries as they stand on disk; the first sector (the MBR) is left alone. */
void gpt_encode(const struct gpt *gpt, uint32_t sector_bytes, uint8_t *start);

/* The backup, the last GPT_END_BYTES of a disk whose last sector is alternate_lba. */
void gpt_encode_backup(const struct gpt *gpt, uint32_t sector_bytes, uint8_t *end);

/* Gives a protective MBR (UEFI 2.10, section 5.2.3) the size of the disk, and leaves its boot code
 * alone. Returns 0 or -EBADMSG: it is none. */
int gpt_protect(uint8_t mbr[SECTOR_BYTES], uint64_t disk_sectors);

/* The entry's name; characters that are not ASCII become '?'. */
void gpt_name(const struct gpt_entry *entry, char ret[GPT_NAME_UNITS + 1]);

/* The same as UTF-8; a surrogate without its other half becomes U+FFFD. */
void gpt_label(const struct gpt_entry *entry, char ret[GPT_LABEL_BYTES]);

/* Gives the entry a name of UTF-8. -ENAMETOOLONG: more than 36 units of UTF-16; the entry is then
 * untouched. */
int gpt_set_label(struct gpt_entry *entry, const char *label);

/* The entry with that type or id, NULL if there is none. The first one wins. */
const struct gpt_entry *gpt_find_type(const struct gpt *gpt, const uint8_t type[GUID_BYTES]);
const struct gpt_entry *gpt_find_id(const struct gpt *gpt, const uint8_t id[GUID_BYTES]);
