// SPDX-License-Identifier: Apache-2.0
/* A partition table as sfdisk's script; see partplan.h. Must never put a byte of a label into the
 * script that sfdisk could take for the end of it. */
#include "lib/bytes.h"
#include "lib/partplan.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libfdisk undoes \xHH in quoted names. */
static void write_label(FILE *out, const struct gpt_entry *entry)
{
	char label[GPT_LABEL_BYTES];

	gpt_label(entry, label);
	fputs(", name=\"", out);
	for (const char *at = label; *at; at++) {
		unsigned char c = (unsigned char)*at;

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		    c == '-' || c == '_' || c == '.' || c == ' ')
			fputc(c, out);
		else
			fprintf(out, "\\x%02x", c);
	}
	fputc('"', out);
}

/* UEFI 2.10, table 5.8; sfdisk has names for the first three bits and numbers for types' own. */
static void write_attributes(FILE *out, uint64_t attributes)
{
	static const char *const names[] = { "RequiredPartition", "NoBlockIOProtocol",
					     "LegacyBIOSBootable" };
	const char *between = "";

	if (attributes == 0)
		return;
	fputs(", attrs=\"", out);
	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(attributes >> bit & 1) || (bit >= 3 && bit < 48))
			continue;
		if (bit < 3)
			fprintf(out, "%s%s", between, names[bit]);
		else
			fprintf(out, "%sGUID:%u", between, bit);
		between = " ";
	}
	fputc('"', out);
}

static void write_entry(FILE *out, unsigned number, const struct gpt_entry *entry)
{
	char guid[GUID_TEXT_BYTES];

	guid_format(entry->type, guid);
	fprintf(out, "%u : start=%" PRIu64 ", size=%" PRIu64 ", type=%s", number, entry->first_lba,
		entry->last_lba - entry->first_lba + 1, guid);
	if (!is_zero(entry->id, GUID_BYTES)) {
		guid_format(entry->id, guid);
		fprintf(out, ", uuid=%s", guid);
	}
	if (entry->name[0] != 0)
		write_label(out, entry);
	write_attributes(out, entry->attributes);
	fputc('\n', out);
}

int partplan_script(const struct gpt *table, uint32_t sector_bytes, char **ret)
{
	char *text = NULL, guid[GUID_TEXT_BYTES];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool failed;

	if (!out)
		return -ENOMEM;
	fputs("label: gpt\nunit: sectors\n", out);
	if (!is_zero(table->disk_id, GUID_BYTES)) {
		guid_format(table->disk_id, guid);
		fprintf(out, "label-id: %s\n", guid);
	}
	fprintf(out,
		"first-lba: %" PRIu64 "\nlast-lba: %" PRIu64 "\nsector-size: %" PRIu32
		"\ntable-length: %" PRIu32 "\n\n",
		table->first_usable_lba, table->last_usable_lba, sector_bytes, table->entry_count);
	for (uint32_t i = 0; i < table->entry_count; i++)
		if (!is_zero(table->entries[i].type, GUID_BYTES))
			write_entry(out, i + 1, &table->entries[i]);
	failed = ferror(out) != 0;
	if (fclose(out) != 0 || failed) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
