// SPDX-License-Identifier: Apache-2.0
#include "lib/partplan.h"
#include "lib/bytes.h"
#include <stdlib.h>

/* Bytes become partitions that are there, one behind the other, and wanted ones: what is planned
 * never overlaps, and planned once more it changes nothing but what zeros stand for. */
static void check_table(const struct gpt *table)
{
	for (uint32_t i = 0; i < table->entry_count; i++)
		for (uint32_t n = 0; table->entries[i].first_lba > 0 && n < i; n++) {
			const struct gpt_entry *a = &table->entries[i], *b = &table->entries[n];

			if (a->first_lba <= b->last_lba && b->first_lba <= a->last_lba)
				__builtin_trap();
		}
}

static struct ign_integer integer(uint8_t byte)
{
	return byte & 1 ? (struct ign_integer){ byte >> 1, 1 } : (struct ign_integer){ 0 };
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ign_partition wanted[8] = { 0 };
	struct ign_disk disk = { .partitions = { wanted, 0 } };
	struct partplan *plan = malloc(sizeof(*plan));
	struct gpt table;
	uint64_t at = 2048;
	char *script;

	partplan_empty(400000, 512, &table);
	for (; size >= 3 && bytes[0] & 1; bytes += 3, size -= 3) {
		struct gpt_entry *entry = &table.entries[bytes[0] >> 1 & 7];

		if (!is_zero(entry->type, GUID_BYTES))
			break;
		entry->type[0] = 1;
		entry->first_lba = at + (uint64_t)bytes[1] * 64;
		entry->last_lba = entry->first_lba + (uint64_t)bytes[2] * 64;
		at = entry->last_lba + 1;
	}
	for (; size >= 4 && disk.partitions.count < 8; bytes += 4, size -= 4)
		wanted[disk.partitions.count++] = (struct ign_partition){
			.number = { bytes[0] >> 4 & 7, 1 },
			.label = { "x", bytes[0] & 1 },
			.wanted = bytes[0] >> 1 & 1 ? IGN_FALSE : IGN_TRUE,
			.wipe = bytes[0] >> 2 & 1 ? IGN_TRUE : IGN_FALSE,
			.resize = bytes[0] >> 3 & 1 ? IGN_TRUE : IGN_FALSE,
			.start_mib = integer(bytes[1]),
			.size_mib = integer(bytes[2]),
		};
	if (partplan_make(&table, 512, &disk, plan, NULL) == 0) {
		check_table(&plan->table);
		if (partplan_script(&plan->table, 512, &script) == 0)
			free(script);
	}
	free(plan);
	return 0;
}
