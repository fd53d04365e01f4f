// SPDX-License-Identifier: Apache-2.0
/* What becomes of a disk's table: each row is a table that is there, what is wanted, and the table
 * that has to come of it or the error. Written for people: "1:2048+2048 a" is partition 1 from
 * sector 2048, of 2048 sectors, labelled a. */
#include "lib/partplan.h"
#include "check.h"
#include "lib/bytes.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISK_SECTORS 65536 /* 32 MiB; the last usable one is 65502 */
#define TEXT(s) { (s), sizeof(s) - 1 }
#define MIB(n) { (n), 1 }

static const char type_a[] = "11111111-2222-3333-4444-555555555555";
static const char type_b[] = "66666666-2222-3333-4444-555555555555";
#define TYPE_A TEXT("11111111-2222-3333-4444-555555555555")

static const struct row {
	const char *name;
	const char *existing;
	struct ign_partition wanted[4]; /* ends with one without number and label */
	const char *after;              /* or NULL, and a piece of the error */
	const char *error;
} rows[] = {
	{ "nothing wanted", "1:2048+2048 a", { { 0 } }, "1:2048+2048 a", NULL },
	{ "made on an empty disk",
	  "",
	  { { .number = MIB(1), .size_mib = MIB(2) } },
	  "1:2048+4096 ",
	  NULL },
	{ "fills the disk",
	  "",
	  { { .number = MIB(1), .size_mib = MIB(0), .start_mib = MIB(0) } },
	  "1:2048+63455 ",
	  NULL },
	{ "nothing said fills it too",
	  "",
	  { { .number = MIB(2), .label = TEXT("x") } },
	  "2:2048+63455 x",
	  NULL },
	{ "at a place",
	  "",
	  { { .number = MIB(1), .start_mib = MIB(3), .size_mib = MIB(1) } },
	  "1:6144+2048 ",
	  NULL },
	{ "a size of 0 ends where the next begins",
	  "1:8192+2048 a",
	  { { .number = MIB(2), .start_mib = MIB(2), .size_mib = MIB(0) } },
	  "1:8192+2048 a|2:4096+4096 ",
	  NULL },
	{ "a start of 0 is in the largest block",
	  "1:40960+2048 a",
	  { { .number = MIB(2), .size_mib = MIB(1) } },
	  "1:40960+2048 a|2:2048+2048 ",
	  NULL },
	{ "the largest block is behind",
	  "1:4096+2048 a",
	  { { .number = MIB(2), .size_mib = MIB(1) } },
	  "1:4096+2048 a|2:6144+2048 ",
	  NULL },
	{ "the next free numbers, those with one first",
	  "2:2048+2048 a",
	  { { .label = TEXT("x"), .size_mib = MIB(1) },
	    { .label = TEXT("y"), .size_mib = MIB(1) },
	    { .number = MIB(1), .label = TEXT("z"), .size_mib = MIB(1) } },
	  "1:4096+2048 z|2:2048+2048 a|3:6144+2048 x|4:8192+2048 y",
	  NULL },
	{ "any number, made by a run before",
	  "1:2048+2048 x",
	  { { .label = TEXT("x"), .size_mib = MIB(1) } },
	  "1:2048+2048 x",
	  NULL },
	{ "any number, another one of that label",
	  "1:2048+2048 x",
	  { { .label = TEXT("x"), .size_mib = MIB(2) } },
	  "1:2048+2048 x|2:4096+4096 x",
	  NULL },
	{ "matches",
	  "1:2048+2048 a",
	  { { .number = MIB(1),
	      .label = TEXT("a"),
	      .start_mib = MIB(1),
	      .size_mib = MIB(1),
	      .type_guid = TYPE_A } },
	  "1:2048+2048 a",
	  NULL },
	{ "matches, although it may be wiped",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .label = TEXT("a"), .wipe = IGN_TRUE } },
	  "1:2048+2048 a",
	  NULL },
	{ "only its number is said",
	  "1:2048+2048 a",
	  { { .number = MIB(1) } },
	  "1:2048+2048 a",
	  NULL },
	{ "another start",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .start_mib = MIB(2) } },
	  NULL,
	  "it starts at sector 2048, not 4096" },
	{ "another size",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .size_mib = MIB(2) } },
	  NULL,
	  "it has 2048 sectors, not 4096" },
	{ "another label",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .label = TEXT("b") } },
	  NULL,
	  "its label is \"a\", not \"b\"" },
	{ "no label is a label",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .label = TEXT("") } },
	  NULL,
	  "its label is \"a\", not \"\"" },
	{ "another type",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .type_guid = TEXT("66666666-2222-3333-4444-555555555555") } },
	  NULL,
	  "its type is 11111111-2222-3333-4444-555555555555" },
	{ "another guid",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .guid = TEXT("66666666-2222-3333-4444-555555555555") } },
	  NULL,
	  "its guid is 01000000-0000-0000-0000-000000000000" },
	{ "replaced",
	  "1:2048+2048 a|2:4096+2048 b",
	  { { .number = MIB(1), .label = TEXT("c"), .size_mib = MIB(4), .wipe = IGN_TRUE } },
	  "1:6144+8192 c|2:4096+2048 b",
	  NULL },
	{ "resized in its place",
	  "1:4096+2048 a",
	  { { .number = MIB(1), .label = TEXT("a"), .size_mib = MIB(4), .resize = IGN_TRUE } },
	  "1:4096+8192 a",
	  NULL },
	{ "resized, but another label",
	  "1:4096+2048 a",
	  { { .number = MIB(1), .label = TEXT("b"), .size_mib = MIB(4), .resize = IGN_TRUE } },
	  NULL,
	  "its label" },
	{ "resized into the next one",
	  "1:4096+2048 a|2:8192+2048 b",
	  { { .number = MIB(1), .size_mib = MIB(4), .resize = IGN_TRUE } },
	  NULL,
	  "does not fit" },
	{ "gone",
	  "1:2048+2048 a|2:4096+2048 b",
	  { { .number = MIB(1), .wanted = IGN_FALSE, .wipe = IGN_TRUE } },
	  "2:4096+2048 b",
	  NULL },
	{ "gone, without leave",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .wanted = IGN_FALSE } },
	  NULL,
	  "is to be gone" },
	{ "gone already, and a number that no table has",
	  "1:2048+2048 a",
	  { { .number = MIB(2), .wanted = IGN_FALSE },
	    { .number = MIB(999), .wanted = IGN_FALSE } },
	  "1:2048+2048 a",
	  NULL },
	{ "what goes makes room",
	  "1:2048+63455 a",
	  { { .number = MIB(1), .wanted = IGN_FALSE, .wipe = IGN_TRUE },
	    { .number = MIB(2), .size_mib = MIB(1) } },
	  "2:2048+2048 ",
	  NULL },
	{ "zeros are what they would be anew: fills",
	  "1:2048+63455 a",
	  { { .number = MIB(1), .start_mib = MIB(0), .size_mib = MIB(0) } },
	  "1:2048+63455 a",
	  NULL },
	{ "zeros are what they would be anew: does not fill",
	  "1:2048+2048 a",
	  { { .number = MIB(1), .size_mib = MIB(0) } },
	  NULL,
	  "it has 2048 sectors, not 63455" },
	{ "zeros are what they would be anew: starts later",
	  "1:4096+2048 a",
	  { { .number = MIB(1), .start_mib = MIB(0) } },
	  NULL,
	  "it starts at sector 4096" },
	{ "a place that is taken",
	  "1:2048+4096 a",
	  { { .number = MIB(2), .start_mib = MIB(2), .size_mib = MIB(1) } },
	  NULL,
	  "not free" },
	{ "before the usable area",
	  "",
	  { { .number = MIB(1), .start_mib = MIB(64), .size_mib = MIB(1) } },
	  NULL,
	  "does not fit" },
	{ "too large", "", { { .number = MIB(1), .size_mib = MIB(32) } }, NULL, "does not fit" },
	{ "no room at all",
	  "1:2048+63455 a",
	  { { .number = MIB(2) } },
	  NULL,
	  "does not fit into the 0" },
	{ "negative", "", { { .number = MIB(1), .size_mib = MIB(-1) } }, NULL, "out of range" },
	{ "beyond all disks",
	  "",
	  { { .number = MIB(1), .start_mib = MIB(INT64_MAX) } },
	  NULL,
	  "out of range" },
	{ "no such number", "", { { .number = MIB(129) } }, NULL, "no partition number 129" },
};

static void read_table(const char *text, struct gpt *ret)
{
	partplan_empty(DISK_SECTORS, 512, ret);
	while (*text != '\0') {
		char label[32] = "";
		unsigned number;
		uint64_t start, size;
		int used = 0;

		sscanf(text, "%u:%" SCNu64 "+%" SCNu64 " %n", &number, &start, &size, &used);
		text += used;
		snprintf(label, sizeof(label), "%.*s", (int)strcspn(text, "|"), text);
		text += strcspn(text, "|");
		text += *text == '|';
		struct gpt_entry *entry = &ret->entries[number - 1];
		guid_parse(type_a, entry->type);
		entry->id[3] = (uint8_t)number;
		entry->first_lba = start;
		entry->last_lba = start + size - 1;
		gpt_set_label(entry, label);
	}
}

static void write_table(const struct gpt *table, char ret[512])
{
	size_t used = 0;

	ret[0] = '\0';
	for (uint32_t i = 0; i < table->entry_count; i++) {
		const struct gpt_entry *entry = &table->entries[i];
		char label[GPT_LABEL_BYTES];

		if (is_zero(entry->type, GUID_BYTES))
			continue;
		gpt_label(entry, label);
		used += (size_t)snprintf(ret + used, 512 - used, "%s%u:%" PRIu64 "+%" PRIu64 " %s",
					 used ? "|" : "", i + 1, entry->first_lba,
					 entry->last_lba - entry->first_lba + 1, label);
	}
}

static void check_plan(const struct row *row)
{
	struct ign_disk disk = { .partitions = { (struct ign_partition *)(uintptr_t)row->wanted,
						 0 } };
	struct partplan *plan = malloc(sizeof(*plan));
	struct error error = { 0 };
	struct gpt existing;
	char text[512];
	int r;

	while (disk.partitions.count < 4 && (row->wanted[disk.partitions.count].number.given ||
					     row->wanted[disk.partitions.count].label.at))
		disk.partitions.count++;
	read_table(row->existing, &existing);
	r = partplan_make(&existing, 512, &disk, plan, &error);
	CHECK(row->name, (r == 0) == (row->after != NULL));
	if (r == 0 && row->after) {
		write_table(&plan->table, text);
		CHECK_TEXT(row->name, text, row->after);
		CHECK(row->name, plan->writes == (strcmp(row->after, row->existing) != 0));
	} else if (row->error) {
		CHECK(row->name, strstr(error.text, row->error) || !puts(error.text));
	}
	free(plan);
}

/* What a partition is told apart by afterwards. */
static void check_changes(void)
{
	struct ign_partition wanted[] = {
		{ .number = MIB(1), .wanted = IGN_FALSE, .wipe = IGN_TRUE },
		{ .number = MIB(2),
		  .label = TEXT("n"),
		  .wipe = IGN_TRUE,
		  .guid = TEXT("66666666-2222-3333-4444-555555555555") },
		{ .number = MIB(3), .size_mib = MIB(2), .resize = IGN_TRUE },
		{ .number = MIB(4), .size_mib = MIB(1), .resize = IGN_TRUE },
		{ .number = MIB(6), .size_mib = MIB(1) },
	};
	struct ign_disk disk = { .partitions = { wanted, 5 } };
	static const enum partplan_change want[] = { PARTPLAN_REMOVED, PARTPLAN_REPLACED,
						     PARTPLAN_GROWN,   PARTPLAN_SHRUNK,
						     PARTPLAN_SAME,    PARTPLAN_MADE };
	struct partplan *plan = malloc(sizeof(*plan));
	struct gpt existing;
	uint8_t id[GUID_BYTES];

	read_table("1:2048+2048 a|2:4096+2048 b|3:8192+2048 c|4:12288+4096 d|5:16384+2048 e",
		   &existing);
	existing.entries[2].attributes = 4;
	CHECK("a plan", partplan_make(&existing, 512, &disk, plan, NULL) == 0);
	for (size_t i = 0; i < ROWS(want); i++)
		CHECK_NUMBER("changes", plan->changes[i], want[i]);
	guid_parse(type_b, id);
	CHECK("the guid that is wanted", memcmp(plan->table.entries[1].id, id, GUID_BYTES) == 0);
	CHECK("a grown one keeps its guid", plan->table.entries[2].id[3] == 3);
	CHECK_NUMBER("and its attributes", plan->table.entries[2].attributes, 4);
	CHECK("a new one has none yet", is_zero(plan->table.entries[5].id, GUID_BYTES));
	free(plan);
}

static void check_large_sectors(void)
{
	struct ign_partition wanted = { .number = MIB(1), .size_mib = MIB(2) };
	struct ign_disk disk = { .partitions = { &wanted, 1 } };
	struct partplan *plan = malloc(sizeof(*plan));
	struct gpt existing;
	char text[512];

	partplan_empty(8192, 4096, &existing);
	CHECK_NUMBER("sectors of 4096", existing.last_usable_lba, 8192 - 1 - 5);
	CHECK("sectors of 4096", partplan_make(&existing, 4096, &disk, plan, NULL) == 0);
	write_table(&plan->table, text);
	CHECK_TEXT("sectors of 4096", text, "1:256+512 ");
	partplan_empty(100, 512, &existing);
	CHECK_NUMBER("a tiny disk has no room", partplan_make(&existing, 512, &disk, plan, NULL),
		     -28);
	free(plan);
}

static void check_script(void)
{
	struct gpt table;
	char *script = NULL;

	read_table("1:2048+2048 a\"\n", &table);
	guid_parse(type_b, table.disk_id);
	table.entries[0].attributes = UINT64_C(1) << 63 | 5;
	gpt_set_label(&table.entries[0], "a\"\n\xc3\xa9 \xf0\x9f\x98\x80");
	CHECK("a script", partplan_script(&table, 512, &script) == 0);
	CHECK_TEXT("a script", script,
		   "label: gpt\nunit: sectors\n"
		   "label-id: 66666666-2222-3333-4444-555555555555\n"
		   "first-lba: 2048\nlast-lba: 65502\nsector-size: 512\ntable-length: 128\n\n"
		   "1 : start=2048, size=2048, type=11111111-2222-3333-4444-555555555555, "
		   "uuid=01000000-0000-0000-0000-000000000000, "
		   "name=\"a\\x22\\x0a\\xc3\\xa9 \\xf0\\x9f\\x98\\x80\", "
		   "attrs=\"RequiredPartition LegacyBIOSBootable GUID:63\"\n");
	free(script);
}

static void check_labels(void)
{
	static const char long_label[] = "1234567890123456789012345678901234567";
	struct gpt_entry entry = { .name = { 0xd800, 'x', 0xdc00 } };
	char text[GPT_LABEL_BYTES];

	gpt_label(&entry, text);
	CHECK_TEXT("halves of pairs", text, "\xef\xbf\xbdx\xef\xbf\xbd");
	CHECK("36 units fit", gpt_set_label(&entry, long_label + 1) == 0);
	gpt_label(&entry, text);
	CHECK_TEXT("36 units fit", text, long_label + 1);
	CHECK_NUMBER("37 do not", gpt_set_label(&entry, long_label), -36);
	CHECK("a pair", gpt_set_label(&entry, "\xf0\x9f\x98\x80") == 0 && entry.name[0] == 0xd83d &&
				entry.name[1] == 0xde00 && entry.name[2] == 0);
}

SUITE(partplan)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		check_plan(&rows[i]);
	check_changes();
	check_large_sectors();
	check_script();
	check_labels();
}
