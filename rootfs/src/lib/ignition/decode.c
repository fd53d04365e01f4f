// SPDX-License-Identifier: Apache-2.0
/*
 * From JSON to structures, by the tables. As Go's encoding/json does it: names match fields without
 * regard to case if none is exact; a name that comes twice is read twice, the second time into what
 * the first has left; null leaves a value as it is and unsets what can be unset.
 */
#include "lib/ignition/decode.h"
#include <errno.h>
#include <string.h>

struct decoder {
	const struct json *json;
	enum ign_version version;
	struct arena *arena;
	struct ign_report *report;
};

static int decode_object(struct decoder *decoder, const struct ign_place *place,
			 const struct ign_type *type, void *object);

static const struct json_node *node_at(const struct decoder *decoder, const struct ign_place *place)
{
	return &decoder->json->nodes[place->node];
}

static const char *type_name(enum json_type type)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",        [JSON_FALSE] = "a boolean", [JSON_TRUE] = "a boolean",
		[JSON_NUMBER] = "a number",  [JSON_STRING] = "a string", [JSON_ARRAY] = "a list",
		[JSON_OBJECT] = "an object",
	};

	return names[type];
}

static int wrong_type(struct decoder *decoder, const struct ign_place *place, const char *wanted)
{
	const struct json_node *node = node_at(decoder, place);
	const char *message = ign_report_format(decoder->report, "expected %s, found %s", wanted,
						type_name(node->type));

	ign_report_add(decoder->report, decoder->json, place, false, message);
	return 0;
}

static int decode_text(struct decoder *decoder, const struct ign_place *place, struct ign_text *ret)
{
	const struct json_node *node = node_at(decoder, place);
	const char *quoted = decoder->json->text + node->start;
	size_t size = node->end - node->start, length;
	char *text;

	if (node->type != JSON_STRING)
		return wrong_type(decoder, place, "a string");
	length = json_unquote(quoted, size, NULL, 0);
	text = arena_get(decoder->arena, length + 1, 1);
	if (!text)
		return -ENOMEM;
	json_unquote(quoted, size, text, length);
	*ret = (struct ign_text){ text, length };
	return 0;
}

static int decode_integer(struct decoder *decoder, const struct ign_place *place,
			  struct ign_integer *ret)
{
	const struct json_node *node = node_at(decoder, place);
	int64_t value;
	int r;

	if (node->type != JSON_NUMBER)
		return wrong_type(decoder, place, "an integer");
	r = json_integer(decoder->json, place->node, &value);
	if (r == 0)
		*ret = (struct ign_integer){ .value = value, .given = true };
	else
		ign_report_add(decoder->report, decoder->json, place, false,
			       r == -ERANGE
				       ? "integer does not fit into 64 bits"
				       : "expected an integer, written without point and exponent");
	return 0;
}

static int decode_flag(struct decoder *decoder, const struct ign_place *place, enum ign_flag *ret)
{
	enum json_type type = node_at(decoder, place)->type;

	if (type != JSON_TRUE && type != JSON_FALSE)
		return wrong_type(decoder, place, "a boolean");
	*ret = type == JSON_TRUE ? IGN_TRUE : IGN_FALSE;
	return 0;
}

static int decode_entry(struct decoder *decoder, const struct ign_place *place,
			const struct ign_field *field, void *entry)
{
	enum json_type type = node_at(decoder, place)->type;

	if (type == JSON_NULL)
		return 0;
	if (field->kind == IGN_TEXTS)
		return decode_text(decoder, place, entry);
	return decode_object(decoder, place, field->type, entry);
}

static int decode_list(struct decoder *decoder, const struct ign_place *place,
		       const struct ign_field *field, void *list)
{
	const struct json_node *node = node_at(decoder, place);
	struct ign_list before = ign_list_get(list), after = { .count = node->count };
	size_t bytes = ign_entry_bytes(field), index = 0;
	int r = 0;

	if (node->type != JSON_ARRAY)
		return wrong_type(decoder, place, "a list");
	after.at = arena_get(decoder->arena, after.count, bytes);
	if (!after.at)
		return -ENOMEM;
	if (before.count > 0 && after.count > 0)
		memcpy(after.at, before.at,
		       bytes * (before.count < after.count ? before.count : after.count));
	for (uint32_t n = json_first(decoder->json, place->node); n && r == 0;
	     n = decoder->json->nodes[n].next, index++) {
		struct ign_place entry = ign_place_entry(place, index, n);

		r = decode_entry(decoder, &entry, field, (char *)after.at + bytes * index);
	}
	ign_list_set(list, after);
	return r;
}

/* What null does. */
static void unset(const struct ign_field *field, void *value)
{
	if (field->kind == IGN_OBJECT || field->rules & (IGN_REQUIRED | IGN_PLAIN))
		return;
	if (field->kind == IGN_TEXT)
		memset(value, 0, sizeof(struct ign_text));
	else if (field->kind == IGN_INTEGER)
		memset(value, 0, sizeof(struct ign_integer));
	else if (field->kind == IGN_FLAG)
		memset(value, 0, sizeof(enum ign_flag));
	else
		ign_list_set(value, (struct ign_list){ 0 });
}

static int decode_value(struct decoder *decoder, const struct ign_place *place,
			const struct ign_field *field, void *value)
{
	if (node_at(decoder, place)->type == JSON_NULL) {
		unset(field, value);
		return 0;
	}
	switch ((enum ign_kind)field->kind) {
	case IGN_TEXT:
		return decode_text(decoder, place, value);
	case IGN_INTEGER:
		return decode_integer(decoder, place, value);
	case IGN_FLAG:
		return decode_flag(decoder, place, value);
	case IGN_OBJECT:
		return decode_object(decoder, place, field->type, value);
	case IGN_OBJECTS:
	case IGN_TEXTS:
		break;
	}
	return decode_list(decoder, place, field, value);
}

static const struct ign_field *find_field(const struct decoder *decoder,
					  const struct ign_type *type, uint32_t member)
{
	for (int folded = 0; folded < 2; folded++)
		for (size_t i = 0; i < type->fields_count; i++)
			if (type->fields[i].since <= decoder->version &&
			    json_named(decoder->json, member, type->fields[i].key, folded))
				return &type->fields[i];
	return NULL;
}

static int decode_object(struct decoder *decoder, const struct ign_place *place,
			 const struct ign_type *type, void *object)
{
	int r = 0;

	if (node_at(decoder, place)->type != JSON_OBJECT)
		return wrong_type(decoder, place, "an object");
	for (uint32_t n = json_first(decoder->json, place->node); n && r == 0;
	     n = decoder->json->nodes[n].next) {
		const struct ign_field *field = find_field(decoder, type, n);
		struct ign_place member = { .up = place, .node = n };

		if (!field)
			continue;
		member.key = field->key;
		member.length = strlen(field->key);
		r = decode_value(decoder, &member, field, (char *)object + field->offset);
	}
	return r;
}

static void fill(struct ign_text *text)
{
	if (!text->at)
		text->at = "";
}

/* Whether the member of an entry of storage.luks is an object; seen in the text only. */
static bool custom_given(const struct json *json, const struct ign_place *luks)
{
	struct ign_place clevis = ign_place_member(json, luks, "clevis");
	struct ign_place custom = ign_place_member(json, &clevis, "custom");

	return custom.node != IGN_NO_NODE && json->nodes[custom.node].type == JSON_OBJECT;
}

static void fill_custom_pins(const struct json *json, struct ign_storage *storage)
{
	struct ign_place top = { 0 }, up = ign_place_member(json, &top, "storage");
	struct ign_place list = ign_place_member(json, &up, "luks");
	uint32_t node = list.node == IGN_NO_NODE ? 0 : json_first(json, list.node);

	for (size_t i = 0; i < storage->luks.count && node; i++, node = json->nodes[node].next) {
		struct ign_custom *custom = &storage->luks.at[i].clevis.custom;
		struct ign_place luks = ign_place_entry(&list, i, node);

		if (custom_given(json, &luks)) {
			fill(&custom->config);
			fill(&custom->pin);
		}
	}
}

/* These texts were required before 3.3.0: given or not, they count as given. */
static void fill_required(const struct json *json, struct ign_storage *storage)
{
	for (size_t i = 0; i < storage->links.count; i++)
		fill(&storage->links.at[i].target);
	for (size_t i = 0; i < storage->raid.count; i++)
		fill(&storage->raid.at[i].level);
	fill_custom_pins(json, storage);
}

int ign_decode(const struct json *json, enum ign_version version, const struct ign_type *type,
	       struct arena *arena, struct ign_report *report, struct ign_config *ret)
{
	const struct ign_field whole = { .kind = IGN_OBJECT, .type = type };
	struct decoder decoder = { json, version, arena, report };
	struct ign_place top = { 0 };
	int r = decode_value(&decoder, &top, &whole, ret);

	if (r == 0 && version < IGN_3_3)
		fill_required(json, &ret->storage);
	return r;
}
