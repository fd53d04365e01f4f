// SPDX-License-Identifier: Apache-2.0
/* See report.h. */
#include "provision/report.h"
#include "os/file.h"
#include <stdlib.h>

static void print_entry(FILE *out, const char *source, const struct ign_entry *entry)
{
	size_t length = ign_entry_format(entry, NULL, 0);
	AUTO_FREE char *line = malloc(length + 1);

	if (!line)
		return;
	ign_entry_format(entry, line, length + 1);
	fprintf(out, "%s: %s\n", source, line);
}

void report_print(FILE *out, const char *source, const struct ign_report *report)
{
	size_t more = report->errors + report->warnings - report->count;

	for (size_t i = 0; i < report->count; i++)
		print_entry(out, source, &report->entries[i]);
	if (more > 0)
		fprintf(out, "%s: %zu more problems; %zu errors and %zu warnings in all\n", source,
			more, report->errors, report->warnings);
}
