// SPDX-License-Identifier: Apache-2.0
/* Lists, and what names their entries; see schema.h. */
#include "lib/ignition/schema.h"
#include <stdlib.h>
#include <string.h>

const char *const ign_version_texts[IGN_VERSIONS] = {
	"3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.5.0", "3.6.0", "3.7.0-experimental",
};

struct ign_list ign_list_get(const void *list)
{
	struct ign_list ret;

	memcpy(&ret, list, sizeof(ret));
	return ret;
}

void ign_list_set(void *list, struct ign_list value)
{
	memcpy(list, &value, sizeof(value));
}

size_t ign_entry_bytes(const struct ign_field *field)
{
	return field->kind == IGN_TEXTS ? sizeof(struct ign_text) : field->type->size;
}

/* The number, or the label if there is none. No label is another key than an empty one. */
static struct ign_key partition_key(const struct ign_partition *partition)
{
	struct ign_key ret = { .number = partition->number.value };

	if (ret.number == 0)
		ret.text = partition->label;
	return ret;
}

struct ign_key ign_key_of(const struct ign_field *field, const void *entry)
{
	struct ign_key ret = { 0 };

	if (field->kind == IGN_OBJECTS && field->type->id == IGN_ID_PARTITION)
		return partition_key(entry);
	if (field->kind == IGN_OBJECTS)
		entry = (const char *)entry + field->type->key_offset;
	memcpy(&ret.text, entry, sizeof(ret.text));
	if (!ret.text.at)
		ret.text.at = "";
	return ret;
}

int ign_text_compare(const struct ign_text *a, const struct ign_text *b)
{
	size_t least = a->length < b->length ? a->length : b->length;
	int r = least > 0 ? memcmp(a->at, b->at, least) : 0;

	return r != 0 ? r : a->length < b->length ? -1 : a->length > b->length;
}

static int compare_keys(const struct ign_key *a, const struct ign_key *b)
{
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (!a->text.at != !b->text.at)
		return a->text.at ? 1 : -1;
	return ign_text_compare(&a->text, &b->text);
}

bool ign_is_keyed(const struct ign_field *field)
{
	return (field->kind == IGN_OBJECTS || field->kind == IGN_TEXTS) &&
	       !(field->rules & IGN_REPEATS);
}

static size_t gather_one(const struct ign_field *field, const void *object, struct ign_keyed *ret)
{
	struct ign_list list = ign_list_get((const char *)object + field->offset);

	for (size_t i = 0; ret && i < list.count; i++)
		ret[i] = (struct ign_keyed){
			.key = ign_key_of(field,
					  (const char *)list.at + i * ign_entry_bytes(field)),
			.field = field,
			.index = i,
		};
	return list.count;
}

size_t ign_gather(const struct ign_type *type, const struct ign_field *field, const void *object,
		  struct ign_keyed *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < type->fields_count; i++) {
		const struct ign_field *other = &type->fields[i];

		if (other == field || field->rules & other->rules & IGN_SHARED)
			count += gather_one(other, object, ret ? ret + count : NULL);
	}
	return count;
}

static int by_place(const void *a, const void *b)
{
	const struct ign_keyed *left = a, *right = b;

	if (left->field != right->field)
		return left->field < right->field ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

static int by_key(const void *a, const void *b)
{
	const struct ign_keyed *left = a, *right = b;
	int r = compare_keys(&left->key, &right->key);

	return r != 0 ? r : by_place(a, b);
}

void ign_sort_by_key(struct ign_keyed *entries, size_t count)
{
	if (count > 1)
		qsort(entries, count, sizeof(*entries), by_key);
}

void ign_sort_by_place(struct ign_keyed *entries, size_t count)
{
	if (count > 1)
		qsort(entries, count, sizeof(*entries), by_place);
}

bool ign_same_key(const struct ign_keyed *a, const struct ign_keyed *b)
{
	return compare_keys(&a->key, &b->key) == 0;
}

const struct ign_keyed *ign_find_key(const struct ign_keyed *entries, size_t count,
				     const struct ign_key *key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(&entries[middle].key, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && compare_keys(&entries[low - 1].key, key) == 0 ? &entries[low - 1] : NULL;
}
