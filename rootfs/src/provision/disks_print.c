// SPDX-License-Identifier: Apache-2.0
/* The plan of the disks stage, a line a step, for a person. Must never write to a disk, nor wait
 * for one. */
#include "lib/fsplan.h"
#include "lib/luksplan.h"
#include "provision/disks.h"
#include "provision/stages.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const change_names[] = {
	[PARTPLAN_SAME] = "keep",        [PARTPLAN_MADE] = "make",  [PARTPLAN_REMOVED] = "remove",
	[PARTPLAN_REPLACED] = "replace", [PARTPLAN_GROWN] = "grow", [PARTPLAN_SHRUNK] = "shrink",
};

static void print_partition(FILE *out, const char *device, const struct partplan *plan,
			    uint32_t index)
{
	const struct gpt_entry *entry = &plan->table.entries[index];
	char label[GPT_LABEL_BYTES];

	fprintf(out, "%s: %s partition %" PRIu32, device, change_names[plan->changes[index]],
		index + 1);
	if (plan->changes[index] != PARTPLAN_REMOVED) {
		gpt_label(entry, label);
		fprintf(out, " \"%s\": sectors %" PRIu64 " to %" PRIu64, label, entry->first_lba,
			entry->last_lba);
	}
	fputc('\n', out);
}

static int print_disk(FILE *out, const struct ign_disk *wanted, struct error *error)
{
	struct partplan *plan = malloc(sizeof(*plan));
	struct disks_device device;
	uint32_t sector_bytes;
	int r = plan ? disks_find(&wanted->device, &device, error)
		     : error_set(error, -ENOMEM, "out of memory");

	if (r == 0)
		r = disks_plan(wanted, &device, plan, &sector_bytes, error);
	if (r == 0 && wanted->wipe_table == IGN_TRUE)
		fprintf(out, "%s: wipe the partition table\n", wanted->device.at);
	for (uint32_t i = 0; r == 0 && i < plan->table.entry_count; i++)
		if (plan->changes[i] != PARTPLAN_SAME)
			print_partition(out, wanted->device.at, plan, i);
	if (r == 0 && !plan->writes && wanted->wipe_table != IGN_TRUE)
		fprintf(out, "%s: the partition table stays as it is\n", wanted->device.at);
	free(plan);
	return r < 0 ? error_wrap(error, "disk %s", wanted->device.at) : 0;
}

static void print_luks(FILE *out, const struct ign_luks *wanted)
{
	fprintf(out, "%s: %s LUKS volume %s, key %s\n", wanted->device.at,
		wanted->wipe == IGN_TRUE ? "wipe, make" : "make, or open what is there as",
		wanted->name.at,
		luksplan_tpm2(wanted)            ? "in the TPM"
		: luksplan_generates_key(wanted) ? "generated"
						 : "of the config");
}

/* A device may come to be only by the steps before: what it holds now is said where it is there. */
static int print_filesystem(FILE *out, const struct ign_filesystem *wanted, struct error *error)
{
	static const char *const actions[] = { "keep", "erase", "make", "erase, and make" };
	enum fsplan_action action = FSPLAN_MAKE;
	struct signature found = { 0 };
	struct disks_device device;
	int r = fsplan_check(wanted, error);

	if (r == 0 && disks_find(&wanted->device, &device, NULL) == 0)
		devices_probe(device.name, NULL, &found, NULL);
	if (r == 0)
		r = fsplan_decide(wanted, &found, &action, error);
	if (r < 0)
		return error_wrap(error, "file system on %s", wanted->device.at);
	if (wanted->format.length > 0)
		fprintf(out, "%s: %s %s\n", wanted->device.at, actions[action], wanted->format.at);
	if (fsplan_mounted(wanted))
		fprintf(out, "%s: mount at %s\n", wanted->device.at, wanted->path.at);
	return 0;
}

int disks_print(const struct ign_config *config, FILE *out, struct error *error)
{
	const struct ign_storage *storage = &config->storage;
	int r = 0;

	for (size_t i = 0; i < storage->disks.count && r == 0; i++)
		r = print_disk(out, &storage->disks.at[i], error);
	for (size_t i = 0; i < storage->raid.count && r == 0; i++)
		fprintf(out, "%s: array of level %s from %zu devices\n",
			storage->raid.at[i].name.at, storage->raid.at[i].level.at,
			storage->raid.at[i].devices.count);
	for (size_t i = 0; i < storage->luks.count && r == 0; i++) {
		r = luksplan_check(&storage->luks.at[i], error);
		if (r == 0)
			print_luks(out, &storage->luks.at[i]);
	}
	for (size_t i = 0; i < storage->filesystems.count && r == 0; i++)
		r = print_filesystem(out, &storage->filesystems.at[i], error);
	return r;
}
