// SPDX-License-Identifier: Apache-2.0
/* See report.h. Memory that cannot be had costs texts, never the count of errors. */
#include "lib/ignition/report.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ign_place ign_place_member(const struct json *json, const struct ign_place *up,
				  const char *key)
{
	uint32_t node = up->node == IGN_NO_NODE ? 0 : json_member(json, up->node, key);

	return (struct ign_place){
		.up = up, .key = key, .length = strlen(key), .node = node ? node : IGN_NO_NODE
	};
}

struct ign_place ign_place_entry(const struct ign_place *up, size_t index, uint32_t node)
{
	return (struct ign_place){ .up = up, .index = index, .node = node };
}

/* ".key" or ".7"; returns its length, writes it if there is an out. */
static size_t format_step(const struct ign_place *place, char *out)
{
	char number[24];
	size_t length = place->length;
	const char *text = place->key;

	if (!text) {
		length = (size_t)snprintf(number, sizeof(number), "%zu", place->index);
		text = number;
	}
	if (out) {
		out[0] = '.';
		memcpy(out + 1, text, length);
	}
	return length + 1;
}

static const char *format_path(struct arena *arena, const struct ign_place *place)
{
	size_t length = 1;
	char *path;

	for (const struct ign_place *at = place; at->up; at = at->up)
		length += format_step(at, NULL);
	path = arena_get(arena, length + 1, 1);
	if (!path)
		return "$";
	path[0] = '$';
	for (const struct ign_place *at = place; at->up; at = at->up) {
		length -= format_step(at, NULL);
		format_step(at, path + length);
	}
	return path;
}

/* A container's position is that behind its bracket. */
static uint32_t offset_of(const struct json *json, const struct ign_place *place)
{
	const struct json_node *node;

	while (place->node == IGN_NO_NODE && place->up)
		place = place->up;
	if (place->node == IGN_NO_NODE)
		return UINT32_MAX;
	node = &json->nodes[place->node];
	return node->start + (node->type == JSON_OBJECT || node->type == JSON_ARRAY);
}

static struct ign_entry *add(struct ign_report *report, bool warning)
{
	struct ign_entry *entry;

	if (warning)
		report->warnings++;
	else
		report->errors++;
	if (!report->entries)
		report->entries = arena_get(report->arena, IGN_ENTRIES_MAX, sizeof(*entry));
	if (!report->entries || report->count == IGN_ENTRIES_MAX)
		return NULL;
	entry = &report->entries[report->count++];
	entry->warning = warning;
	entry->offset = UINT32_MAX;
	return entry;
}

void ign_report_add(struct ign_report *report, const struct json *json,
		    const struct ign_place *place, bool warning, const char *message)
{
	struct ign_entry *entry = add(report, warning);

	if (!entry)
		return;
	entry->message = message;
	if (place->up)
		entry->path = format_path(report->arena, place);
	entry->offset = offset_of(json, place);
}

void ign_report_add_text(struct ign_report *report, uint32_t offset, const char *message)
{
	struct ign_entry *entry = add(report, false);

	if (!entry)
		return;
	entry->message = message;
	entry->offset = offset;
}

const char *ign_report_format(struct ign_report *report, const char *format, ...)
{
	va_list args;
	const char *ret;

	va_start(args, format);
	ret = arena_vformat(report->arena, format, args);
	va_end(args);
	return ret ? ret : "(no memory to say what)";
}

static int by_offset(const void *a, const void *b)
{
	const struct ign_entry *const *left = a, *const *right = b;

	return (*left)->offset<(*right)->offset ? -1 : (*left)->offset>(*right)->offset;
}

/* Sorted, so that the text is read once. */
void ign_report_locate(struct ign_report *report, const char *text, size_t size)
{
	struct ign_entry **sorted =
		arena_get(report->arena, report->count, sizeof(struct ign_entry *));
	uint32_t line = 1, column = 1;
	size_t at = 0;

	if (!sorted)
		return;
	for (size_t i = 0; i < report->count; i++)
		sorted[i] = &report->entries[i];
	qsort(sorted, report->count, sizeof(struct ign_entry *), by_offset);
	for (size_t i = 0; i < report->count && sorted[i]->offset < size; i++) {
		for (; at < sorted[i]->offset; at++, column++)
			if (text[at] == '\n') {
				line++;
				column = 0;
			}
		sorted[i]->line = line;
		sorted[i]->column = column;
	}
}

struct writer {
	char *out;
	size_t room, used;
};

/* Texts come from the config, and the result goes to terminals and logs. */
static void put(struct writer *writer, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = c >= ' ' && c != 0x7f;
		char escaped[8];
		size_t length =
			plain ? 1 : (size_t)snprintf(escaped, sizeof(escaped), "\\x%02x", c);

		for (size_t i = 0; i < length; i++, writer->used++)
			if (writer->used + 1 < writer->room)
				writer->out[writer->used] = plain ? (char)c : escaped[i];
	}
}

size_t ign_entry_format(const struct ign_entry *entry, char *out, size_t room)
{
	struct writer writer = { .out = out, .room = room };
	char place[64] = "";

	put(&writer, entry->warning ? "warning" : "error");
	if (entry->path || entry->offset != UINT32_MAX)
		put(&writer, " at ");
	if (entry->path)
		put(&writer, entry->path);
	if (entry->offset != UINT32_MAX)
		snprintf(place, sizeof(place), "%sline %u col %u", entry->path ? ", " : "",
			 entry->line, entry->column);
	put(&writer, place);
	put(&writer, ": ");
	put(&writer, entry->message);
	if (room > 0)
		out[writer.used < room ? writer.used : room - 1] = '\0';
	return writer.used;
}
