// SPDX-License-Identifier: Apache-2.0
#include "lib/gpt.h"
#include "corpus.h"
#include "lib/bios.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include <errno.h>
#include <string.h>

#define SECTORS 32768
#define BIOS_BOOT "21686148-6449-6e6f-744e-656564454649"

/* A field of the header or of an entry is changed; with the checksums put right, only the bounds
 * are left to notice. */
static const struct {
	const char *name;
	size_t at;
	unsigned bytes;
	uint64_t value;
	bool checksums_right;
	int want;
	const char *text;
} damages[] = {
	{ "no signature", 512, 1, 'X', true, -ENODATA, "no GPT" },
	{ "header checksum", 512 + 40, 1, 0xff, false, -EBADMSG, "GPT header: wrong checksum" },
	{ "entry checksum", 1024 + 56, 1, 'X', false, -EBADMSG, "GPT entries: wrong checksum" },
	{ "unknown revision", 512 + 8, 4, 0x20000, true, -EBADMSG,
	  "GPT header: unknown revision or size" },
	{ "huge header", 512 + 12, 4, 513, true, -EBADMSG, "GPT header: unknown revision or size" },
	{ "header of another sector", 512 + 24, 8, 2, true, -EBADMSG,
	  "GPT header: not in its place, with at most 128 entries in theirs" },
	{ "entries elsewhere", 512 + 72, 8, 34, true, -EBADMSG,
	  "GPT header: not in its place, with at most 128 entries in theirs" },
	{ "too many entries", 512 + 80, 4, 129, true, -EBADMSG,
	  "GPT header: not in its place, with at most 128 entries in theirs" },
	{ "no entries", 512 + 80, 4, 0, true, -EBADMSG,
	  "GPT header: not in its place, with at most 128 entries in theirs" },
	{ "large entries", 512 + 84, 4, 256, true, -EBADMSG,
	  "GPT header: not in its place, with at most 128 entries in theirs" },
	{ "usable area over the entries", 512 + 40, 8, 33, true, -EBADMSG,
	  "GPT header: usable area is not on the disk" },
	{ "usable area beyond the disk", 512 + 48, 8, SECTORS, true, -EBADMSG,
	  "GPT header: usable area is not on the disk" },
	{ "usable area backwards", 512 + 48, 8, 40, true, -EBADMSG,
	  "GPT header: usable area is not on the disk" },
	{ "partition backwards", 1024 + 40, 8, 2047, true, -EBADMSG,
	  "GPT: partition 1 lies outside the usable area" },
	{ "partition over the table", 1024 + 32, 8, 3, true, -EBADMSG,
	  "GPT: partition 1 lies outside the usable area" },
	{ "partition beyond the end", 1024 + 128 + 40, 8, UINT64_MAX, true, -EBADMSG,
	  "GPT: partition 2 lies outside the usable area" },
	{ "overlap", 1024 + 128 + 32, 8, 4095, true, -EBADMSG, "GPT: partitions 1 and 2 overlap" },
	{ "overlap of a single sector", 1024 + 40, 8, 4096, true, -EBADMSG,
	  "GPT: partitions 1 and 2 overlap" },
	{ "an id may be anything", 1024 + 16, 8, 0, true, 0, "" },
};

static void put_checksums_right(uint8_t *start)
{
	uint32_t count = get_le32(start + 512 + 80);

	if (count <= GPT_ENTRIES_MAX)
		put_le(start + 512 + 88, 4, crc32_ieee(start + 1024, count * GPT_ENTRY_BYTES));
	put_le(start + 512 + 16, 4, 0);
	put_le(start + 512 + 16, 4, crc32_ieee(start + 512, 92));
}

static void check_damages(const uint8_t good[GPT_START_BYTES(512)])
{
	for (size_t i = 0; i < ROWS(damages); i++) {
		uint8_t start[GPT_START_BYTES(512)];
		struct error error = { 0 };
		struct gpt gpt;

		memcpy(start, good, sizeof(start));
		put_le(start + damages[i].at, damages[i].bytes, damages[i].value);
		if (damages[i].checksums_right)
			put_checksums_right(start);
		CHECK_NUMBER(damages[i].name, gpt_decode(start, 512, SECTORS, &gpt, &error),
			     damages[i].want);
		CHECK_TEXT(damages[i].name, error.text, damages[i].text);
	}
}

static void check_bios(const uint8_t disk[GPT_START_BYTES(512)])
{
	uint8_t boot[SECTOR_BYTES] = { 0xeb, 0x63 }, core[3 * SECTOR_BYTES] = { 0x52 },
		mbr[SECTOR_BYTES];
	uint64_t first = 0, sectors = 0;
	struct error error = { 0 };

	CHECK_NUMBER("BIOS boot partition",
		     bios_find_partition(disk, SECTORS, &first, &sectors, &error), 0);
	CHECK("is where repart put it", first == 2048 && sectors == 2048);

	CHECK_NUMBER("a boot sector without signature", bios_patch_boot(boot, disk, 2048, &error),
		     -EBADMSG);
	put_le(boot + 510, 2, 0xaa55);
	memset(mbr, 'm', sizeof(mbr));
	CHECK_NUMBER("a boot sector", bios_patch_boot(boot, mbr, 0x123456789, &error), 0);
	CHECK("has core's address", get_le64(boot + 0x5c) == 0x123456789);
	CHECK("has no jump",
	      boot[0x65] == 0 && boot[0x66] == 0x90 && boot[0x67] == 0x90 && boot[0x68] == 0);
	CHECK("keeps the disk's end",
	      boot[0x1b7] == 0 && memcmp(boot + 0x1b8, mbr + 0x1b8, 0x48) == 0);

	put_le(core + 0x1fc, 2, 2);
	CHECK_NUMBER("core fits exactly", bios_patch_core(core, sizeof(core), 2048, 3, &error), 0);
	CHECK("and knows its second sector",
	      get_le64(core + 0x1f4) == 2049 && get_le16(core + 0x1fc) == 2);
	CHECK_NUMBER("core does not fit", bios_patch_core(core, sizeof(core), 2048, 2, &error),
		     -EFBIG);
	CHECK_NUMBER("core is cut off",
		     bios_patch_core(core, sizeof(core) - SECTOR_BYTES, 2048, 9, &error), -EBADMSG);
	CHECK_NUMBER("core is one sector", bios_patch_core(core, SECTOR_BYTES, 2048, 9, &error),
		     -EBADMSG);
}

/* The same table for a disk with large sectors, whose numbers then mean eight times as much. */
static void check_large_sectors(const struct gpt *gpt)
{
	uint8_t start[GPT_START_BYTES(4096)] = { 0 };
	struct error error = { 0 };
	struct gpt again;

	gpt_encode(gpt, 4096, start);
	CHECK_NUMBER("4096-byte sectors", gpt_decode(start, 4096, SECTORS, &again, &error), 0);
	CHECK("hold the same", memcmp(gpt, &again, sizeof(again)) == 0);
	CHECK_NUMBER("and are not taken for small ones",
		     gpt_decode(start, 512, SECTORS, &again, &error), -ENODATA);
}

/* The backup that belongs to a primary table: the same entries, and a header that says where it is
 * itself. */
static void check_backup(const struct gpt *gpt, const uint8_t start[GPT_START_BYTES(512)])
{
	uint8_t end[GPT_END_BYTES(512)], *header = end + sizeof(end) - 512;
	struct error error = { 0 };
	struct gpt again;

	memcpy(end, start + 1024, sizeof(end) - 512);
	memcpy(header, start + 512, 512);
	CHECK_NUMBER("a primary header at the end",
		     gpt_decode_backup(end, 512, SECTORS, &again, &error), -EBADMSG);
	put_le(header + 24, 8, SECTORS - 1);
	put_le(header + 72, 8, SECTORS - 33);
	put_le(header + 16, 4, 0);
	put_le(header + 16, 4, crc32_ieee(header, 92));
	CHECK_NUMBER("backup", gpt_decode_backup(end, 512, SECTORS, &again, &error), 0);
	CHECK("holds the same", memcmp(gpt, &again, sizeof(again)) == 0);
	CHECK_NUMBER("backup of a larger disk",
		     gpt_decode_backup(end, 512, SECTORS + 1, &again, &error), -EBADMSG);
	end[56] ^= 1;
	CHECK_NUMBER("damaged backup", gpt_decode_backup(end, 512, SECTORS, &again, &error),
		     -EBADMSG);
	CHECK_NUMBER("backup of no disk", gpt_decode_backup(end, 512, 0, &again, &error), -EBADMSG);
}

static void check_name(const struct gpt_entry *entry)
{
	struct gpt_entry full = *entry;
	char name[GPT_NAME_UNITS + 1];

	gpt_name(entry, name);
	CHECK_TEXT("name", name, "d?ta");
	for (int i = 0; i < GPT_NAME_UNITS; i++)
		full.name[i] = 'x';
	gpt_name(&full, name);
	CHECK_NUMBER("name without an end", strlen(name), GPT_NAME_UNITS);
}

SUITE(gpt)
{
	uint8_t disk[GPT_START_BYTES(512)] = { 0 }, again[GPT_START_BYTES(512)] = { 0 },
		id[GUID_BYTES];
	uint64_t first, sectors;
	struct error error = { 0 };
	struct gpt gpt;

	if (corpus_read(CORPUS "/gpt/sfdisk", disk, sizeof(disk)) == sizeof(disk)) {
		CHECK_NUMBER("sfdisk's table", gpt_decode(disk, 512, SECTORS, &gpt, &error), 0);
		CHECK("second partition",
		      gpt.entries[1].first_lba == 6144 && gpt.entries[1].last_lba == 12287);
		check_name(&gpt.entries[1]);
		CHECK("name in UTF-16",
		      gpt.entries[1].name[0] == 'd' && gpt.entries[1].name[1] == 0xe4);
		CHECK_NUMBER("its disk one sector short",
			     gpt_decode(disk, 512, 32734, &gpt, &error), -EBADMSG);
	}
	if (corpus_read(CORPUS "/gpt/repart", disk, sizeof(disk)) != sizeof(disk))
		return;
	CHECK_NUMBER("repart's table", gpt_decode(disk, 512, SECTORS, &gpt, &error), 0);
	guid_parse("7a7f5476-77f4-4463-bfbe-7bbc35c1c6ef", id);
	CHECK("found by id", gpt_find_id(&gpt, id) == &gpt.entries[1]);
	memset(id, 0, sizeof(id));
	CHECK("nothing has no id", gpt_find_id(&gpt, id) == NULL);
	memcpy(again, disk, SECTOR_BYTES);
	gpt_encode(&gpt, 512, again);
	CHECK("encoded byte for byte as repart does", memcmp(disk, again, sizeof(disk)) == 0);
	check_large_sectors(&gpt);
	check_backup(&gpt, disk);
	check_bios(disk);
	check_damages(disk);

	memset(gpt.entries[0].type, 1, GUID_BYTES);
	gpt_encode(&gpt, 512, again);
	CHECK_NUMBER("a disk without " BIOS_BOOT,
		     bios_find_partition(again, SECTORS, &first, &sectors, &error), -ENOENT);
}
