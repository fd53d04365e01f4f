// SPDX-License-Identifier: Apache-2.0
/*
 * Two configs into one, by the tables. The child's value counts where it gives one; objects merge
 * member by member; of lists with keys, entries with the same key merge, those of the parent first,
 * and an entry goes from the parent's list if the child has its key in another that shares keys
 * with it; other lists are appended.
 */
#include "lib/ignition/decode.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int merge_object(struct arena *arena, const struct ign_type *type, const void *parent,
			const void *child, void *ret);

static size_t value_bytes(const struct ign_field *field)
{
	switch ((enum ign_kind)field->kind) {
	case IGN_TEXT:
		return sizeof(struct ign_text);
	case IGN_INTEGER:
		return sizeof(struct ign_integer);
	case IGN_FLAG:
		return sizeof(enum ign_flag);
	case IGN_OBJECT:
		return field->type->size;
	case IGN_OBJECTS:
	case IGN_TEXTS:
		break;
	}
	return sizeof(struct ign_list);
}

static bool given(const struct ign_field *field, const void *value)
{
	if (field->kind == IGN_TEXT)
		return ((const struct ign_text *)value)->at != NULL;
	if (field->kind == IGN_INTEGER)
		return ((const struct ign_integer *)value)->given;
	return *(const enum ign_flag *)value != IGN_UNSET;
}

static int append(struct arena *arena, const struct ign_field *field, struct ign_list parent,
		  struct ign_list child, struct ign_list *ret)
{
	size_t bytes = ign_entry_bytes(field);

	ret->count = parent.count + child.count;
	ret->at = arena_get(arena, ret->count, bytes);
	if (!ret->at)
		return -ENOMEM;
	if (parent.count > 0)
		memcpy(ret->at, parent.at, bytes * parent.count);
	if (child.count > 0)
		memcpy((char *)ret->at + bytes * parent.count, child.at, bytes * child.count);
	return 0;
}

/* A list with keys that is being merged. */
struct keyed_merge {
	struct arena *arena;
	const struct ign_field *field;
	size_t bytes; /* of an entry */
	struct ign_list parent, child, result;
	/* Sorted by key: the child's entries, of all the lists that share keys; the parent's of
	 * this list alone. */
	struct ign_keyed *child_keys, *parent_keys;
	size_t child_keys_count;
};

static void *entry_at(const struct keyed_merge *merge, struct ign_list list, size_t index)
{
	return (char *)list.at + merge->bytes * index;
}

static void *add_entry(struct keyed_merge *merge, const void *entry)
{
	void *ret = entry_at(merge, merge->result, merge->result.count++);

	if (entry)
		memcpy(ret, entry, merge->bytes);
	return ret;
}

static bool takes_out(const struct ign_field *field, const void *child)
{
	return field->rules & IGN_UNSETS && !((const struct ign_header *)child)->value.at;
}

static int merge_parent_entry(struct keyed_merge *merge, const void *parent)
{
	struct ign_key key = ign_key_of(merge->field, parent);
	const struct ign_keyed *found =
		ign_find_key(merge->child_keys, merge->child_keys_count, &key);
	const void *child;

	if (!found) {
		add_entry(merge, parent);
		return 0;
	}
	if (found->field != merge->field)
		return 0;
	child = entry_at(merge, merge->child, found->index);
	if (merge->field->kind == IGN_TEXTS) {
		add_entry(merge, child);
		return 0;
	}
	if (takes_out(merge->field, child))
		return 0;
	return merge_object(merge->arena, merge->field->type, parent, child,
			    add_entry(merge, NULL));
}

static int merge_entries(struct keyed_merge *merge)
{
	int r = 0;

	for (size_t i = 0; i < merge->parent.count && r == 0; i++)
		r = merge_parent_entry(merge, entry_at(merge, merge->parent, i));
	for (size_t i = 0; i < merge->child.count && r == 0; i++) {
		const void *child = entry_at(merge, merge->child, i);
		struct ign_key key = ign_key_of(merge->field, child);

		if (!ign_find_key(merge->parent_keys, merge->parent.count, &key))
			add_entry(merge, child);
	}
	return r;
}

/* Keys of this list alone. */
static void gather_parent(struct keyed_merge *merge)
{
	for (size_t i = 0; i < merge->parent.count; i++)
		merge->parent_keys[i] = (struct ign_keyed){
			.key = ign_key_of(merge->field, entry_at(merge, merge->parent, i)),
			.field = merge->field,
			.index = i,
		};
	ign_sort_by_key(merge->parent_keys, merge->parent.count);
}

static int merge_keyed(struct arena *arena, const struct ign_type *type,
		       const struct ign_field *field, const void *child_object,
		       struct ign_list parent, struct ign_list child, struct ign_list *ret)
{
	struct keyed_merge merge = {
		.arena = arena, .field = field, .parent = parent, .child = child
	};
	size_t most = parent.count + child.count;
	int r = -ENOMEM;

	merge.bytes = ign_entry_bytes(field);
	merge.child_keys_count = ign_gather(type, field, child_object, NULL);
	merge.child_keys = calloc(merge.child_keys_count + 1, sizeof(struct ign_keyed));
	merge.parent_keys = calloc(parent.count + 1, sizeof(struct ign_keyed));
	merge.result.at = arena_get(arena, most, merge.bytes);
	if (merge.child_keys && merge.parent_keys && merge.result.at) {
		ign_gather(type, field, child_object, merge.child_keys);
		ign_sort_by_key(merge.child_keys, merge.child_keys_count);
		gather_parent(&merge);
		r = merge_entries(&merge);
	}
	free(merge.child_keys);
	free(merge.parent_keys);
	*ret = merge.result;
	return r;
}

static int merge_list(struct arena *arena, const struct ign_type *type,
		      const struct ign_field *field, const void *parent, const void *child,
		      void *ret)
{
	struct ign_list left = ign_list_get((const char *)parent + field->offset);
	struct ign_list right = ign_list_get((const char *)child + field->offset), result = { 0 };
	int r;

	if (left.count + right.count == 0)
		return 0;
	r = ign_is_keyed(field) ? merge_keyed(arena, type, field, child, left, right, &result)
				: append(arena, field, left, right, &result);
	ign_list_set((char *)ret + field->offset, result);
	return r;
}

static int merge_object(struct arena *arena, const struct ign_type *type, const void *parent,
			const void *child, void *ret)
{
	int r = 0;

	for (size_t i = 0; i < type->fields_count && r == 0; i++) {
		const struct ign_field *field = &type->fields[i];
		const char *left = (const char *)parent + field->offset;
		const char *right = (const char *)child + field->offset;

		if (field->kind == IGN_OBJECT)
			r = merge_object(arena, field->type, left, right,
					 (char *)ret + field->offset);
		else if (field->kind == IGN_OBJECTS || field->kind == IGN_TEXTS)
			r = merge_list(arena, type, field, parent, child, ret);
		else if (field->rules & (IGN_REQUIRED | IGN_PLAIN) || given(field, right))
			memcpy((char *)ret + field->offset, right, value_bytes(field));
		else
			memcpy((char *)ret + field->offset, left, value_bytes(field));
	}
	return r;
}

int ign_merge(const struct ign_parsed *parent, const struct ign_parsed *child,
	      struct ign_parsed *ret)
{
	struct ign_text *version = &ret->config.ignition.version;
	int r;

	ret->report.arena = &ret->arena;
	ret->version = parent->version > child->version ? parent->version : child->version;
	r = merge_object(&ret->arena, &ign_config_type, &parent->config, &child->config,
			 &ret->config);
	version->at = ign_version_texts[ret->version];
	version->length = strlen(version->at);
	return r;
}
