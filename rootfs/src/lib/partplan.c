// SPDX-License-Identifier: Apache-2.0
/* See partplan.h. Must never let two partitions overlap, nor change one that the config does not
 * name. */
#include "lib/partplan.h"
#include "lib/bytes.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define MIB_MAX (UINT64_C(1) << 40) /* no disk has that many; products of it fit */

static const char linux_filesystem[] = "0fc63daf-8483-4772-8e79-3d69d8477de4";

/* One partition of the config, in sectors. */
struct wanted {
	const struct ign_partition *config;
	const struct gpt_entry *existing; /* NULL: there is none of that number */
	bool has_start, has_size;
	uint64_t start, size;
};

struct planning {
	const struct gpt *existing;
	const struct ign_disk *disk;
	uint64_t mib_sectors; /* also what places are aligned to that we choose */
	struct partplan *plan;
	struct error *error;
};

/* First and last free sector of a block; none: first > last. */
struct span {
	uint64_t first, last;
};

static bool used(const struct gpt_entry *entry)
{
	return !is_zero(entry->type, GUID_BYTES);
}

static const struct gpt_entry *entry_of(const struct gpt *table, int64_t number)
{
	if (number < 1 || number > table->entry_count || !used(&table->entries[number - 1]))
		return NULL;
	return &table->entries[number - 1];
}

/* The partition that holds a sector, NULL for none. */
static const struct gpt_entry *holder_of(const struct gpt *table, uint64_t lba)
{
	for (uint32_t i = 0; i < table->entry_count; i++) {
		const struct gpt_entry *entry = &table->entries[i];

		if (used(entry) && entry->first_lba <= lba && lba <= entry->last_lba)
			return entry;
	}
	return NULL;
}

/* The first block of free sectors that does not end before lba; it begins there or later. */
static struct span free_from(const struct gpt *table, uint64_t lba)
{
	struct span block = { lba, table->last_usable_lba };
	const struct gpt_entry *holder;

	while (block.first <= block.last && (holder = holder_of(table, block.first)))
		block.first = holder->last_lba + 1;
	for (uint32_t i = 0; i < table->entry_count; i++) {
		const struct gpt_entry *entry = &table->entries[i];

		if (used(entry) && entry->first_lba > block.first && entry->first_lba <= block.last)
			block.last = entry->first_lba - 1;
	}
	return block;
}

static uint64_t span_sectors(const struct span *span)
{
	return span->first > span->last ? 0 : span->last - span->first + 1;
}

/* The largest block of free sectors, the first of several, from an aligned sector on. */
static struct span largest_free(const struct gpt *table, uint64_t align)
{
	struct span best = { 1, 0 };
	struct span block = free_from(table, table->first_usable_lba);

	while (span_sectors(&block) > 0) {
		if (span_sectors(&block) > span_sectors(&best))
			best = block;
		block = free_from(table, block.last + 1);
	}
	best.first = (best.first + align - 1) / align * align;
	return best;
}

/* A start of 0 is that of the largest free block, a size of 0 all of the block. */
static int place(const struct planning *planning, const struct gpt *table, int64_t number,
		 uint64_t start, uint64_t size, struct span *ret)
{
	struct span block = largest_free(table, planning->mib_sectors);

	if (start != 0)
		block = free_from(table, start);
	if (start != 0 && (block.first != start || start < table->first_usable_lba))
		return error_set(planning->error, -ENOSPC,
				 "partition %" PRId64 " cannot start at sector %" PRIu64
				 ", which is not free",
				 number, start);
	if (span_sectors(&block) == 0 || size > span_sectors(&block))
		return error_set(planning->error, -ENOSPC,
				 "partition %" PRId64 " of %" PRIu64
				 " sectors does not fit into the %" PRIu64 " that are free",
				 number, size, span_sectors(&block));
	*ret = (struct span){ block.first, size ? block.first + size - 1 : block.last };
	return 0;
}

static int to_sectors(const struct planning *planning, const struct ign_integer *mib, bool *ret_has,
		      uint64_t *ret)
{
	*ret_has = mib->given;
	if (mib->value < 0 || (uint64_t)mib->value > MIB_MAX)
		return error_set(planning->error, -ERANGE, "%" PRId64 " MiB is out of range",
				 mib->value);
	*ret = (uint64_t)mib->value * planning->mib_sectors;
	return 0;
}

static int read_wanted(const struct planning *planning, const struct ign_partition *config,
		       struct wanted *ret)
{
	int r;

	*ret = (struct wanted){ .config = config };
	r = to_sectors(planning, &config->start_mib, &ret->has_start, &ret->start);
	if (r == 0)
		r = to_sectors(planning, &config->size_mib, &ret->has_size, &ret->size);
	if (r < 0)
		return r;
	if (config->wanted != IGN_FALSE &&
	    (config->number.value < 0 || config->number.value > planning->existing->entry_count))
		return error_set(planning->error, -ERANGE, "there is no partition number %" PRId64,
				 config->number.value);
	ret->existing = entry_of(planning->existing, config->number.value);
	return 0;
}

static bool same_guid(const struct ign_text *wanted, const uint8_t guid[GUID_BYTES])
{
	uint8_t bytes[GUID_BYTES];

	return !wanted->at || wanted->length == 0 ||
	       (guid_parse(wanted->at, bytes) == 0 && memcmp(bytes, guid, GUID_BYTES) == 0);
}

static bool same_label(const struct ign_text *wanted, const struct gpt_entry *entry)
{
	char label[GPT_LABEL_BYTES];

	gpt_label(entry, label);
	return !wanted->at || (wanted->length == strlen(label) && strcmp(wanted->at, label) == 0);
}

/* All but the size. Says what differs, if anything. */
static bool matches(const struct wanted *wanted, const struct gpt_entry *entry, struct error *error)
{
	const struct ign_partition *config = wanted->config;
	char text[GPT_LABEL_BYTES];

	if (wanted->has_start && wanted->start != entry->first_lba) {
		error_set(error, -EEXIST, "it starts at sector %" PRIu64 ", not %" PRIu64,
			  entry->first_lba, wanted->start);
		return false;
	}
	if (!same_guid(&config->guid, entry->id)) {
		guid_format(entry->id, text);
		error_set(error, -EEXIST, "its guid is %s, not %s", text, config->guid.at);
		return false;
	}
	if (!same_guid(&config->type_guid, entry->type)) {
		guid_format(entry->type, text);
		error_set(error, -EEXIST, "its type is %s, not %s", text, config->type_guid.at);
		return false;
	}
	if (!same_label(&config->label, entry)) {
		gpt_label(entry, text);
		error_set(error, -EEXIST, "its label is \"%s\", not \"%s\"", text,
			  config->label.at);
		return false;
	}
	return true;
}

static bool size_matches(const struct wanted *wanted, const struct gpt_entry *entry,
			 struct error *error)
{
	uint64_t size = entry->last_lba - entry->first_lba + 1;

	if (!wanted->has_size || wanted->size == size)
		return true;
	error_set(error, -EEXIST, "it has %" PRIu64 " sectors, not %" PRIu64, size, wanted->size);
	return false;
}

/* What a zero stands for is found on a table where all partitions that the config names are made
 * anew, one after the other: so does the reference. */
static int resolve(const struct planning *planning, struct gpt *table, struct wanted *wanted)
{
	const struct gpt_entry *existing = wanted->existing;
	const bool keeps = existing && wanted->config->wipe != IGN_TRUE;
	const int64_t number = wanted->config->number.value;
	uint64_t start = wanted->start, size = wanted->size;
	struct span span;
	int r;

	if (!wanted->has_start && keeps)
		start = existing->first_lba;
	if (!wanted->has_size && keeps)
		size = existing->last_lba - existing->first_lba + 1;
	r = place(planning, table, number, start, size, &span);
	if (r < 0)
		return r;
	table->entries[number - 1] =
		(struct gpt_entry){ .type = { 1 }, .first_lba = span.first, .last_lba = span.last };
	if ((wanted->has_start && start == 0) || (wanted->has_size && size == 0)) {
		wanted->start = wanted->has_start ? span.first : 0;
		wanted->size = wanted->has_size ? span_sectors(&span) : 0;
	}
	return 0;
}

/* A partition of any number was made by a run before that was cut, if one has its label and all
 * else that the config says. (The reference, which is never run again, would make a second one.) */
static bool made_before(const struct planning *planning, const struct wanted *wanted)
{
	if (!wanted->config->label.at)
		return false;
	for (uint32_t i = 0; i < planning->existing->entry_count; i++) {
		const struct gpt_entry *entry = &planning->existing->entries[i];

		if (used(entry) && matches(wanted, entry, NULL) &&
		    (wanted->size == 0 || size_matches(wanted, entry, NULL)))
			return true;
	}
	return false;
}

/* The table of cases. Removes what has to go; ret_makes: to be made. */
static int decide(const struct planning *planning, const struct wanted *wanted, bool *ret_makes)
{
	const struct ign_partition *config = wanted->config;
	const struct gpt_entry *existing = wanted->existing;
	const int64_t number = config->number.value;
	struct partplan *plan = planning->plan;
	struct error why = { 0 };
	bool fits, fits_but_size;

	*ret_makes = config->wanted != IGN_FALSE && !existing;
	if (!existing) {
		if (number == 0 && *ret_makes)
			*ret_makes = !made_before(planning, wanted);
		return 0;
	}
	fits_but_size = config->wanted != IGN_FALSE && matches(wanted, existing, &why);
	fits = fits_but_size && size_matches(wanted, existing, &why);
	if (fits)
		return 0;
	if (config->wanted == IGN_FALSE && config->wipe != IGN_TRUE)
		return error_set(planning->error, -EEXIST,
				 "partition %" PRId64 " is to be gone, but exists, and "
				 "wipePartitionEntry is not set",
				 number);
	if (config->wipe != IGN_TRUE && !(fits_but_size && config->resize == IGN_TRUE))
		return error_set(planning->error, -EEXIST,
				 "partition %" PRId64 " exists, does not match (%s), and "
				 "wipePartitionEntry is not set",
				 number, why.text);
	memset(&plan->table.entries[number - 1], 0, sizeof(struct gpt_entry));
	plan->changes[number - 1] = PARTPLAN_REMOVED;
	*ret_makes = config->wanted != IGN_FALSE;
	return 0;
}

static int fill(const struct ign_partition *config, struct gpt_entry *entry)
{
	const struct ign_text *type = &config->type_guid;
	int r = guid_parse(type->length > 0 ? type->at : linux_filesystem, entry->type);

	if (r == 0 && config->guid.length > 0)
		r = guid_parse(config->guid.at, entry->id);
	if (r == 0 && config->label.at)
		r = gpt_set_label(entry, config->label.at);
	return r;
}

/* A number of 0 is the first free one. Returns 0 when there is none. */
static int64_t number_for(const struct gpt *table, const struct ign_partition *config)
{
	if (config->number.value != 0)
		return config->number.value;
	for (uint32_t i = 0; i < table->entry_count; i++)
		if (!used(&table->entries[i]))
			return i + 1;
	return 0;
}

static enum partplan_change change_of(const struct gpt_entry *before, const struct span *now,
				      bool resized)
{
	if (!before)
		return PARTPLAN_MADE;
	if (!resized)
		return PARTPLAN_REPLACED;
	return now->last > before->last_lba ? PARTPLAN_GROWN : PARTPLAN_SHRUNK;
}

static int make(const struct planning *planning, const struct wanted *wanted)
{
	struct partplan *plan = planning->plan;
	const struct ign_partition *config = wanted->config;
	const bool resized = wanted->existing && config->wipe != IGN_TRUE;
	const int64_t number = number_for(&plan->table, config);
	struct gpt_entry entry = { 0 };
	struct span span;
	int r;

	if (number == 0)
		return error_set(planning->error, -ENOSPC, "no partition number is free");
	r = place(planning, &plan->table, number,
		  resized ? wanted->existing->first_lba : wanted->start, wanted->size, &span);
	if (r < 0)
		return r;
	if (resized)
		entry = *wanted->existing;
	else if (fill(config, &entry) < 0)
		return error_set(planning->error, -EINVAL,
				 "partition %" PRId64 ": guid or label cannot be stored", number);
	entry.first_lba = span.first;
	entry.last_lba = span.last;
	plan->table.entries[number - 1] = entry;
	plan->changes[number - 1] = change_of(wanted->existing, &span, resized);
	return 0;
}

/* Those with a number come first, so that the others do not take one of theirs. */
static int resolve_all(const struct planning *planning, struct wanted *wanted)
{
	const size_t count = planning->disk->partitions.count;
	struct gpt table = *planning->existing;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		r = read_wanted(planning, &planning->disk->partitions.at[i], &wanted[i]);
		if (r == 0 && wanted[i].existing)
			memset(&table.entries[wanted[i].config->number.value - 1], 0,
			       sizeof(struct gpt_entry));
	}
	for (size_t i = 0; i < count && r == 0; i++)
		if (wanted[i].config->wanted != IGN_FALSE && wanted[i].config->number.value != 0)
			r = resolve(planning, &table, &wanted[i]);
	return r;
}

static int make_all(const struct planning *planning, const struct wanted *wanted, const bool *makes)
{
	const size_t count = planning->disk->partitions.count;
	int r = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count && r == 0; i++)
			if (makes[i] && (wanted[i].config->number.value == 0) == (pass == 1))
				r = make(planning, &wanted[i]);
	return r;
}

int partplan_make(const struct gpt *existing, uint32_t sector_bytes, const struct ign_disk *disk,
		  struct partplan *ret, struct error *error)
{
	const struct planning planning = { existing, disk, MIB / sector_bytes, ret, error };
	struct wanted wanted[PARTPLAN_WANTED_MAX];
	bool makes[PARTPLAN_WANTED_MAX];
	int r = 0;

	if (disk->partitions.count > PARTPLAN_WANTED_MAX)
		return error_set(error, -ERANGE, "more than %d partitions", PARTPLAN_WANTED_MAX);
	*ret = (struct partplan){ .table = *existing };
	r = resolve_all(&planning, wanted);
	for (size_t i = 0; i < disk->partitions.count && r == 0; i++)
		r = decide(&planning, &wanted[i], &makes[i]);
	if (r == 0)
		r = make_all(&planning, wanted, makes);
	for (size_t i = 0; i < GPT_ENTRIES_MAX; i++)
		ret->writes |= ret->changes[i] != PARTPLAN_SAME;
	return r;
}

void partplan_empty(uint64_t disk_sectors, uint32_t sector_bytes, struct gpt *ret)
{
	const uint64_t mib_sectors = MIB / sector_bytes;
	const uint64_t backup_sectors = GPT_END_BYTES(sector_bytes) / sector_bytes;

	*ret = (struct gpt){ .alternate_lba = disk_sectors > 0 ? disk_sectors - 1 : 0,
			     .first_usable_lba = mib_sectors,
			     .entry_count = GPT_ENTRIES_MAX };
	if (disk_sectors > mib_sectors + backup_sectors)
		ret->last_usable_lba = disk_sectors - 1 - backup_sectors;
}
