// SPDX-License-Identifier: Apache-2.0
#include "lib/partitions.h"
#include "check.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VDA6 \
	"MAJOR=253\nMINOR=6\nDEVNAME=vda6\nDEVTYPE=partition\nDISKSEQ=9\nPARTN=6\nPARTNAME=root-a\n"

static const struct {
	const char *name, *uevent;
	int want;
	const char *device, *label;
} uevents[] = {
	{ "a partition", VDA6, 0, "vda6", "root-a" },
	{ "a disk", "MAJOR=253\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\n", -ENOENT, "", "" },
	{ "no label", "MAJOR=8\nMINOR=1\nPARTN=1\nDEVNAME=sda1\nDEVTYPE=partition\n", 0, "sda1",
	  "" },
	{ "label with blanks and =",
	  "MAJOR=8\nMINOR=1\nPARTN=1\nDEVNAME=sda1\nDEVTYPE=partition\nPARTNAME=a = b\n", 0, "sda1",
	  "a = b" },
	{ "the last line without its end",
	  "DEVTYPE=partition\nMAJOR=8\nMINOR=1\nPARTN=1\nDEVNAME=sda1", 0, "sda1", "" },
	{ "no name", "MAJOR=8\nMINOR=1\nPARTN=1\nDEVTYPE=partition\n", -EBADMSG, "", "" },
	{ "empty name", "MAJOR=8\nMINOR=1\nPARTN=1\nDEVNAME=\nDEVTYPE=partition\n", -EBADMSG, "",
	  "" },
	{ "no number", "MAJOR=8\nMINOR=x\nPARTN=1\nDEVNAME=sda1\nDEVTYPE=partition\n", -EBADMSG, "",
	  "" },
	{ "no place in the table", "MAJOR=8\nMINOR=1\nDEVNAME=sda1\nDEVTYPE=partition\n", -EBADMSG,
	  "", "" },
	{ "nothing", "", -ENOENT, "", "" },
};

static void check_uevents(void)
{
	for (size_t i = 0; i < ROWS(uevents); i++) {
		struct partition row = { 0 };

		CHECK_NUMBER(uevents[i].name, partition_from_uevent(uevents[i].uevent, &row),
			     uevents[i].want);
		CHECK_TEXT(uevents[i].name, row.device, uevents[i].device);
		CHECK_TEXT(uevents[i].name, row.label, uevents[i].label);
	}
}

/* A table is written as "DISK LABEL …", devices are numbered; each partition is 1000 sectors, one
 * behind the other. */
static void fill(struct partition_table *table, const char *text)
{
	table->count = 0;
	for (int used; *text != '\0'; text += used) {
		struct partition *row = &table->rows[table->count];

		memset(row, 0, sizeof(*row));
		if (sscanf(text, "%31s %39s %n", row->disk, row->label, &used) < 2)
			return;
		snprintf(row->device, sizeof(row->device), "%.20s%zu", row->disk, table->count + 1);
		row->start_sectors = 1000 * (table->count + 1);
		row->size_sectors = 1000;
		table->count++;
	}
}

static const struct {
	const char *name, *table;
	enum slot slot;
	const char *disk;
	int want;
	const char *says; /* "ROOT VERITY" or the error */
} choices[] = {
	{ "slot a", "vda root-a vda verity-a vda root-b vda verity-b", SLOT_A, "", 0, "vda1 vda2" },
	{ "slot b", "vda root-a vda verity-a vda root-b vda verity-b", SLOT_B, "", 0, "vda3 vda4" },
	{ "another disk without ours", "sda data vda root-a vda verity-a sda state", SLOT_A, "", 0,
	  "vda2 vda3" },
	{ "nothing there", "", SLOT_A, "", -ENOENT, "no partition labelled root-a on any disk" },
	{ "no verity yet", "vda root-a", SLOT_A, "", -ENOENT,
	  "no partition labelled verity-a on vda" },
	{ "verity of another disk", "vda root-a vdb verity-a", SLOT_A, "", -ENOENT,
	  "no partition labelled verity-a on vda" },
	{ "two disks", "vda root-a vda verity-a sdb root-a sdb verity-a", SLOT_A, "", -ENOTUNIQ,
	  "disks vda and sdb both hold root-a; remedy: detach one, or keelson.disk=NAME" },
	{ "two disks, one of them named", "vda root-a vda verity-a sdb root-a sdb verity-a", SLOT_A,
	  "sdb", 0, "sdb3 sdb4" },
	{ "two disks, the second not complete", "vda root-a vda verity-a sdb root-a", SLOT_A, "",
	  -ENOTUNIQ,
	  "disks vda and sdb both hold root-a; remedy: detach one, or keelson.disk=NAME" },
	{ "two disks, the first not complete", "sdb root-a vda root-a vda verity-a", SLOT_A, "", 0,
	  "vda2 vda3" },
	{ "a named disk is not there", "vda root-a vda verity-a", SLOT_A, "sdb", -ENOENT,
	  "no partition labelled root-a on sdb" },
	{ "two roots on a disk", "vda root-a vda root-a vda verity-a", SLOT_A, "", -ENOTUNIQ,
	  "vda1 and vda2 are both labelled root-a" },
	{ "two trees on a disk", "vda root-a vda verity-a vda verity-a", SLOT_A, "", -ENOTUNIQ,
	  "vda2 and vda3 are both labelled verity-a" },
	{ "a label that only begins so", "vda root-a2 vda verity-a", SLOT_A, "", -ENOENT,
	  "no partition labelled root-a on any disk" },
};

static void check_choices(void)
{
	for (size_t i = 0; i < ROWS(choices); i++) {
		struct slot_partitions slot = { 0 };
		struct partition_table table;
		struct error error = { 0 };
		char says[80];
		int r;

		fill(&table, choices[i].table);
		r = partitions_choose(&table, choices[i].slot, choices[i].disk, &slot, &error);
		CHECK_NUMBER(choices[i].name, r, choices[i].want);
		snprintf(says, sizeof(says), "%s %s", slot.root.device, slot.verity.device);
		CHECK_TEXT(choices[i].name, r == 0 ? says : error.text, choices[i].says);
	}
}

static const struct {
	const char *name, *table;
	uint64_t disk_sectors, want;
} rooms[] = {
	{ "behind the state", "vda root-a vda state", 10000, 10000 - 3000 - 33 },
	{ "no state: behind the last", "vda root-a vda root-b", 10000, 10000 - 3000 - 33 },
	{ "another partition is behind the state", "vda state vda data", 10000, 0 },
	{ "other disks do not count", "vda state sda data", 10000, 10000 - 2000 - 33 },
	{ "the disk is full", "vda state", 2033, 0 },
	{ "the disk is smaller than its table", "vda state", 1500, 0 },
	{ "one sector", "vda state", 2034, 1 },
};

/* A third partition that sysfs knows without a name, as after systemd-repart. */
static void check_names(void)
{
	struct gpt gpt = { .entry_count = 3,
			   .entries = {
				   { .first_lba = 1000, .name = { 'n', 'e', 'w' } },
				   { .first_lba = 2000, .name = { 'x' } },
				   { .first_lba = 375, .name = { 's', 't', 'a', 't', 'e' } } } };
	struct partition_table table;

	fill(&table, "vda root-a vda verity-a vda - sda state");
	for (unsigned i = 0; i < table.count; i++)
		table.rows[i].number = i + 1;
	partitions_name(&table, "vda", &gpt, 512);
	CHECK_TEXT("where the table says", table.rows[0].label, "new");
	CHECK_TEXT("and elsewhere", table.rows[2].label, "-");
	partitions_name(&table, "vda", &gpt, 4096);
	CHECK_TEXT("large sectors", table.rows[2].label, "state");
	CHECK("found under its name", partitions_find(&table, "vda", "state") == &table.rows[2]);
	partitions_name(&table, "sda", &gpt, 512);
	CHECK_TEXT("beyond the table", table.rows[3].label, "state");
}

static const struct {
	const char *name, *table, *wanted;
	int want;
	const char *disk;
} states[] = {
	{ "a disk of ours", "sda data vda root-a vda state", "", 0, "vda" },
	{ "not made yet", "vda root-a vda verity-a", "", -ENOENT, "" },
	{ "somebody else's", "vda state", "", -ENOENT, "" },
	{ "two of ours", "vda root-a vda state vdb root-a vdb state", "", -ENOTUNIQ, "" },
	{ "the one that is named", "vda root-a vda state vdb root-a vdb state", "vdb", 0, "vdb" },
	{ "not the one that is named", "vda root-a vda state", "vdb", -ENOENT, "" },
	{ "nothing", "", "", -ENOENT, "" },
};

static void check_state_disks(void)
{
	struct partition_table table;

	for (size_t i = 0; i < ROWS(states); i++) {
		char disk[DEVICE_NAME_BYTES] = "";

		fill(&table, states[i].table);
		CHECK_NUMBER(states[i].name,
			     partitions_state_disk(&table, states[i].wanted, disk, NULL),
			     states[i].want);
		CHECK_TEXT(states[i].name, disk, states[i].disk);
	}
}

SUITE(partitions)
{
	struct partition_table table;

	check_uevents();
	check_choices();
	check_names();
	check_state_disks();
	for (size_t i = 0; i < ROWS(rooms); i++) {
		fill(&table, rooms[i].table);
		CHECK_NUMBER(rooms[i].name,
			     partitions_free_behind(&table, "vda", rooms[i].disk_sectors),
			     rooms[i].want);
	}
	fill(&table, "vda state sda state sda state");
	CHECK("the disk's own state", partitions_find(&table, "vda", "state") == &table.rows[0]);
	CHECK("two of a kind are none", partitions_find(&table, "sda", "state") == NULL);
}
