// SPDX-License-Identifier: Apache-2.0
/* See updates.h. */
#include "lib/overview/updates.h"
#include "lib/overview/table.h"
#include "lib/run/document.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TRIAL_MS 10000
#define TRIAL_MS_MAX (15 * 60 * 1000)
#define KEPT "localhost/auto-update"

void overview_put_updates(struct json_writer *writer, const struct overview_update *rows,
			  size_t count)
{
	document_open(writer, NULL, '[');
	for (size_t i = 0; i < count; i++) {
		const struct overview_update *row = &rows[i];

		document_open(writer, NULL, '{');
		document_text(writer, "unit", row->unit ? row->unit : "");
		document_text(writer, "container", row->container);
		document_text(writer, "image", row->image);
		document_text(writer, "policy", row->policy);
		document_text(writer, "updated", row->updated);
		if (row->reason)
			document_text(writer, "reason", row->reason);
		document_close(writer, '}');
	}
	document_close(writer, ']');
}

void overview_print_updates(struct json_writer *out, const struct overview_update *rows,
			    size_t count, struct arena *arena)
{
	static const char *const titles[] = { "UNIT",    "CONTAINER", "IMAGE", "POLICY",
					      "UPDATED", "REASON",    NULL };
	struct table table;

	table_start(&table, titles, arena);
	for (size_t i = 0; i < count; i++) {
		table_add(&table, rows[i].unit);
		table_add(&table, rows[i].container);
		table_add(&table, rows[i].image);
		table_add(&table, rows[i].policy);
		table_add(&table, rows[i].updated);
		table_add(&table, rows[i].reason);
	}
	table_print(&table, out);
}

const char *overview_label(const struct words *labels, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = labels->count; i > 0; i--)
		if (strncmp(labels->at[i - 1], name, length) == 0 &&
		    labels->at[i - 1][length] == '=')
			return labels->at[i - 1] + length + 1;
	return NULL;
}

int overview_kept_name(const struct oci_reference *image, const char *kind,
		       char ret[OCI_REFERENCE_BYTES], struct error *error)
{
	struct oci_reference kept;
	int length = snprintf(ret, OCI_REFERENCE_BYTES, KEPT "/%s/%s/%s:%s", kind, image->registry,
			      image->repository, image->tag[0] ? image->tag : "latest");
	char *port = strchr(ret, ':');

	/* a port's colon, or a bracket, is nothing that a repository may have */
	if (length < OCI_REFERENCE_BYTES && port && strchr(port, '/'))
		*port = '-';
	if (length >= OCI_REFERENCE_BYTES || oci_reference_parse(ret, &kept, NULL) < 0)
		return error_set(error, -ENAMETOOLONG,
				 "%s/%s: no other name can be made of it to keep it by",
				 image->registry, image->repository);
	return 0;
}

uint64_t overview_trial_ms(const struct health_check *check)
{
	uint64_t each = check->interval_ms + check->timeout_ms;
	uint64_t tries = (uint64_t)check->retries + 2;
	uint64_t whole;

	if (check->command.count == 0)
		return TRIAL_MS;
	if (check->startup.count > 0)
		tries += (uint64_t)check->startup_retries + check->startup_successes;
	if (check->start_period_ms > TRIAL_MS_MAX || each > TRIAL_MS_MAX || tries > TRIAL_MS_MAX)
		return TRIAL_MS_MAX;
	whole = check->start_period_ms + tries * each;
	return whole < TRIAL_MS_MAX ? whole : TRIAL_MS_MAX;
}
