// SPDX-License-Identifier: Apache-2.0
/* See document.h. */
#include "lib/run/document.h"
#include <inttypes.h>
#include <string.h>

static void begin_sized(struct json_writer *writer, const char *name, size_t length)
{
	char last = writer->used > 0 ? writer->text[writer->used - 1] : '[';

	if (last != '[' && last != '{')
		json_put_text(writer, ",");
	if (name) {
		json_put_string(writer, name, length);
		json_put_text(writer, ":");
	}
}

static void begin(struct json_writer *writer, const char *name)
{
	begin_sized(writer, name, name ? strlen(name) : 0);
}

void document_open(struct json_writer *writer, const char *name, char bracket)
{
	begin(writer, name);
	json_put(writer, &bracket, 1);
}

void document_close(struct json_writer *writer, char bracket)
{
	json_put(writer, &bracket, 1);
}

void document_text(struct json_writer *writer, const char *name, const char *value)
{
	begin(writer, name);
	json_put_string(writer, value, strlen(value));
}

void document_number(struct json_writer *writer, const char *name, uint64_t value)
{
	begin(writer, name);
	json_put_format(writer, "%" PRIu64, value);
}

void document_signed(struct json_writer *writer, const char *name, int64_t value)
{
	begin(writer, name);
	json_put_format(writer, "%" PRId64, value);
}

void document_flag(struct json_writer *writer, const char *name, bool value)
{
	begin(writer, name);
	json_put_text(writer, value ? "true" : "false");
}

void document_texts(struct json_writer *writer, const char *name, const struct words *values)
{
	document_open(writer, name, '[');
	for (size_t i = 0; i < values->count; i++)
		document_text(writer, NULL, values->at[i]);
	document_close(writer, ']');
}

void document_pairs(struct json_writer *writer, const char *name, const struct words *pairs)
{
	document_open(writer, name, '{');
	for (size_t i = 0; i < pairs->count; i++) {
		const char *pair = pairs->at[i];
		size_t length = strcspn(pair, "=");
		const char *value = pair[length] == '=' ? pair + length + 1 : "";

		begin_sized(writer, pair, length);
		json_put_string(writer, value, strlen(value));
	}
	document_close(writer, '}');
}
