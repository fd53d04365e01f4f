// SPDX-License-Identifier: Apache-2.0
/* From structures to JSON, by the tables: what is not given is not written, nor an object with
 * nothing in it. */
#include "lib/ignition/decode.h"
#include "lib/jsonwriter.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_string(struct json_writer *writer, const struct ign_text *text)
{
	json_put_string(writer, text->at, text->length);
}

static void put_object(struct json_writer *writer, const struct ign_type *type, const void *object);

static void put_list(struct json_writer *writer, const struct ign_field *field, const void *value)
{
	struct ign_list list = ign_list_get(value);

	json_put_text(writer, "[");
	for (size_t i = 0; i < list.count; i++) {
		const char *entry = (const char *)list.at + ign_entry_bytes(field) * i;

		if (i > 0)
			json_put_text(writer, ",");
		if (field->kind == IGN_TEXTS)
			put_string(writer, (const void *)entry);
		else
			put_object(writer, field->type, entry);
	}
	json_put_text(writer, "]");
}

/* Whether the value is written. An object's members decide; that is seen when they are. */
static bool wanted(const struct ign_field *field, const void *value)
{
	switch ((enum ign_kind)field->kind) {
	case IGN_TEXT:
		if (field->rules & IGN_PLAIN)
			return ((const struct ign_text *)value)->length > 0;
		return field->rules & IGN_REQUIRED || ((const struct ign_text *)value)->at;
	case IGN_INTEGER:
		if (field->rules & IGN_PLAIN)
			return ((const struct ign_integer *)value)->value != 0;
		return ((const struct ign_integer *)value)->given;
	case IGN_FLAG:
		return *(const enum ign_flag *)value != IGN_UNSET;
	case IGN_OBJECT:
		return true;
	case IGN_OBJECTS:
	case IGN_TEXTS:
		break;
	}
	return ign_list_get(value).count > 0;
}

static void put_value(struct json_writer *writer, const struct ign_field *field, const void *value)
{
	char number[24];

	switch ((enum ign_kind)field->kind) {
	case IGN_TEXT:
		put_string(writer, value);
		break;
	case IGN_INTEGER:
		snprintf(number, sizeof(number), "%" PRId64,
			 ((const struct ign_integer *)value)->value);
		json_put_text(writer, number);
		break;
	case IGN_FLAG:
		json_put_text(writer, *(const enum ign_flag *)value == IGN_TRUE ? "true" : "false");
		break;
	case IGN_OBJECT:
		put_object(writer, field->type, value);
		break;
	case IGN_OBJECTS:
	case IGN_TEXTS:
		put_list(writer, field, value);
		break;
	}
}

static void put_object(struct json_writer *writer, const struct ign_type *type, const void *object)
{
	size_t start, members;

	json_put_text(writer, "{");
	start = writer->used;
	for (size_t i = 0; i < type->fields_count; i++) {
		const struct ign_field *field = &type->fields[i];
		const char *value = (const char *)object + field->offset;
		size_t before = writer->used;

		if (!wanted(field, value))
			continue;
		json_put_text(writer, before > start ? ",\"" : "\"");
		json_put_text(writer, field->key);
		json_put_text(writer, "\":");
		members = writer->used;
		put_value(writer, field, value);
		if (field->kind == IGN_OBJECT && writer->used == members + 2)
			writer->used = before; /* "{}" */
	}
	json_put_text(writer, "}");
}

int ign_encode(const struct ign_config *config, char **ret, size_t *ret_size)
{
	struct json_writer writer = { 0 };

	put_object(&writer, &ign_config_type, config);
	if (writer.failed) {
		free(writer.text);
		return -ENOMEM;
	}
	*ret = writer.text;
	*ret_size = writer.used;
	return 0;
}
