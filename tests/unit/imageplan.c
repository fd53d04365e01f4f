// SPDX-License-Identifier: Apache-2.0
#include "lib/imageplan.h"
#include "check.h"
#include "lib/bytes.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1 << 20)
#define IMAGE_SECTORS 32768 /* 16 MiB */
#define LINUX "0fc63daf-8483-4772-8e79-3d69d8477de4"

/* Two partitions: the second and the third MiB, and up to last_lba. */
static void make_head(uint8_t *head, uint64_t first_lba, uint64_t last_lba, uint64_t alternate_lba)
{
	struct gpt table = { .alternate_lba = alternate_lba,
			     .first_usable_lba = 34,
			     .last_usable_lba = IMAGE_SECTORS - 34,
			     .entry_count = 128 };

	memset(head, 0, IMAGE_HEAD_BYTES);
	for (uint64_t i = 0; i < 2; i++) {
		guid_parse(LINUX, table.entries[i].type);
		table.entries[i].first_lba = i == 0 ? first_lba : 6144;
		table.entries[i].last_lba = i == 0 ? 6143 : last_lba;
	}
	gpt_encode(&table, SECTOR_BYTES, head);
	head[450] = 0xee;
	put_le(head + 454, 4, 1);
	put_le(head + 510, 2, 0xaa55);
}

static const struct {
	const char *name;
	uint64_t first_lba, last_lba, alternate_lba, disk_bytes, config_bytes;
	int want;
	uint64_t config_start_bytes;
} rows[] = {
	{ "as large as the image", 2048, 8191, 32767, 16 * MIB, 0, 0, 0 },
	{ "larger", 2048, 8191, 32767, 100 * MIB, 0, 0, 0 },
	{ "with a config", 2048, 8191, 32767, 16 * MIB, 2 * MIB, 0, 4 * MIB },
	{ "with a config, at whole MiB", 2048, 8192, 32767, 16 * MIB, 2 * MIB, 0, 5 * MIB },
	{ "with the largest config", 2048, 8191, 32767, 16 * MIB, 12 * MIB - 33 * 512, 0, 4 * MIB },
	{ "with one that is too large", 2048, 8191, 32767, 16 * MIB, 12 * MIB - 32 * 512, -ENOSPC,
	  0 },
	{ "a sector too small", 2048, 8191, 32767, 16 * MIB - 512, 0, -ENOSPC, 0 },
	{ "no disk", 2048, 8191, 32767, 0, 0, -ENOSPC, 0 },
	{ "a partition in the head", 2047, 8191, 32767, 16 * MIB, 0, -EBADMSG, 0 },
	{ "up to the table", 2048, 32734, 32767, 16 * MIB, 0, 0, 0 },
	{ "over the backup table", 2048, 32734, 32766, 16 * MIB, 0, -EBADMSG, 0 },
	{ "an image without an end", 2048, 8191, UINT64_MAX, 16 * MIB, 0, -EBADMSG, 0 },
	{ "an image that begins at its end", 2048, 8191, 0, 16 * MIB, 0, -EBADMSG, 0 },
};

static void check_tables(const char *name, const struct imageplan *plan, uint64_t disk_sectors,
			 bool config)
{
	uint8_t end[GPT_END_BYTES(SECTOR_BYTES)];
	struct gpt first = { 0 }, second = { 0 };
	char label[GPT_LABEL_BYTES];

	gpt_encode_backup(&plan->table, SECTOR_BYTES, end);
	CHECK_NUMBER(name, gpt_decode(plan->head, SECTOR_BYTES, disk_sectors, &first, NULL), 0);
	CHECK_NUMBER(name, gpt_decode_backup(end, SECTOR_BYTES, disk_sectors, &second, NULL), 0);
	CHECK_NUMBER(name, first.last_usable_lba, disk_sectors - 34);
	CHECK_NUMBER(name, first.alternate_lba, disk_sectors - 1);
	CHECK_NUMBER(name, second.alternate_lba, 1);
	second.alternate_lba = first.alternate_lba;
	CHECK(name, memcmp(&first, &second, sizeof(first)) == 0);
	CHECK_NUMBER(name, get_le32(plan->head + 458), disk_sectors - 1);
	gpt_label(&first.entries[3], label);
	CHECK_TEXT(name, label, config ? "ignition" : "");
	CHECK(name, is_zero(first.entries[2].type, GUID_BYTES)); /* the state's */
	CHECK_NUMBER(name, first.entries[1].id[7] >> 4, 4);
}

SUITE(imageplan)
{
	static uint8_t ids[GPT_ENTRIES_MAX + 1][GUID_BYTES], head[IMAGE_HEAD_BYTES];
	struct imageplan *plan = malloc(sizeof(*plan));

	for (size_t i = 0; i < ROWS(rows) && plan; i++) {
		make_head(head, rows[i].first_lba, rows[i].last_lba, rows[i].alternate_lba);
		CHECK_NUMBER(rows[i].name,
			     imageplan_make(head, rows[i].disk_bytes, rows[i].config_bytes,
					    (const uint8_t(*)[GUID_BYTES])ids, plan, NULL),
			     rows[i].want);
		if (rows[i].want < 0)
			continue;
		CHECK_NUMBER(rows[i].name, plan->image_bytes, 16 * MIB);
		CHECK_NUMBER(rows[i].name, plan->body_end_bytes, (rows[i].last_lba + 1) * 512);
		CHECK_NUMBER(rows[i].name, plan->config_start_bytes, rows[i].config_start_bytes);
		check_tables(rows[i].name, plan, rows[i].disk_bytes / 512,
			     rows[i].config_bytes > 0);
	}
	make_head(head, 2048, 8191, 32767);
	head[450] = 7;
	CHECK_NUMBER(
		"no protective MBR",
		imageplan_make(head, 16 * MIB, 0, (const uint8_t(*)[GUID_BYTES])ids, plan, NULL),
		-EBADMSG);
	free(plan);
}
