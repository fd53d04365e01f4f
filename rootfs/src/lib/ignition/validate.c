// SPDX-License-Identifier: Apache-2.0
/*
 * The walks over a config that the reference implementation does, in its order: every object's own
 * rules; lists in which a key stands twice; members of the text that no field takes. They go down
 * the tables, which are IGN_DEPTH_MAX deep.
 */
#include "lib/ignition/check.h"
#include <errno.h>
#include <stdlib.h>

static ign_check *const checks[IGN_IDS] = {
	[IGN_ID_CONFIG] = ign_check_config,
	[IGN_ID_SOURCES] = ign_check_sources,
	[IGN_ID_TLS] = ign_check_tls,
	[IGN_ID_PROXY] = ign_check_proxy,
	[IGN_ID_RESOURCE] = ign_check_resource,
	[IGN_ID_REFERENCE] = ign_check_reference,
	[IGN_ID_AUTHORITY] = ign_check_authority,
	[IGN_ID_VERIFICATION] = ign_check_verification,
	[IGN_ID_HEADER] = ign_check_header,
	[IGN_ID_STORAGE] = ign_check_storage,
	[IGN_ID_OWNER] = ign_check_owner,
	[IGN_ID_DIRECTORY] = ign_check_directory,
	[IGN_ID_FILE] = ign_check_file,
	[IGN_ID_LINK] = ign_check_link,
	[IGN_ID_DISK] = ign_check_disk,
	[IGN_ID_PARTITION] = ign_check_partition,
	[IGN_ID_FILESYSTEM] = ign_check_filesystem,
	[IGN_ID_LUKS] = ign_check_luks,
	[IGN_ID_CUSTOM] = ign_check_custom,
	[IGN_ID_TANG] = ign_check_tang,
	[IGN_ID_RAID] = ign_check_raid,
	[IGN_ID_SYSTEMD] = ign_check_systemd,
	[IGN_ID_UNIT] = ign_check_unit,
	[IGN_ID_DROPIN] = ign_check_dropin,
};

/* What a walk does at each object. */
typedef int visit(struct check *check, const struct ign_place *place, const struct ign_type *type,
		  const void *object);

static int walk(struct check *check, const struct ign_place *place, const struct ign_type *type,
		const void *object, visit *visit);

static int walk_list(struct check *check, const struct ign_place *place,
		     const struct ign_field *field, const void *value, visit *visit)
{
	struct ign_list list = ign_list_get(value);
	uint32_t node = place->node == IGN_NO_NODE ? 0 : json_first(check->json, place->node);
	int r = 0;

	for (size_t i = 0; i < list.count && r == 0; i++) {
		struct ign_place entry = ign_place_entry(place, i, node ? node : IGN_NO_NODE);

		r = walk(check, &entry, field->type, (const char *)list.at + i * field->type->size,
			 visit);
		node = node ? check->json->nodes[node].next : 0;
	}
	return r;
}

static int walk(struct check *check, const struct ign_place *place, const struct ign_type *type,
		const void *object, visit *visit)
{
	int r = visit(check, place, type, object);

	for (size_t i = 0; i < type->fields_count && r == 0; i++) {
		const struct ign_field *field = &type->fields[i];
		const void *value = (const char *)object + field->offset;
		struct ign_place member;

		if (field->since > check->version ||
		    (field->kind != IGN_OBJECT && field->kind != IGN_OBJECTS))
			continue;
		member = ign_place_member(check->json, place, field->key);
		r = field->kind == IGN_OBJECT ? walk(check, &member, field->type, value, visit)
					      : walk_list(check, &member, field, value, visit);
	}
	return r;
}

static int visit_rules(struct check *check, const struct ign_place *place,
		       const struct ign_type *type, const void *object)
{
	return checks[type->id] ? checks[type->id](check, place, object) : 0;
}

static void report_twice(struct check *check, const struct ign_place *place,
			 struct ign_keyed *entries, size_t count)
{
	ign_sort_by_key(entries, count);
	for (size_t i = 1; i < count; i++)
		entries[i].twice = ign_same_key(&entries[i - 1], &entries[i]);
	ign_sort_by_place(entries, count);
	for (size_t i = 0; i < count; i++)
		if (entries[i].twice)
			ign_error_in(check, place, entries[i].field->key, entries[i].index, NULL,
				     "duplicate entry defined");
}

static int check_keys(struct check *check, const struct ign_place *place,
		      const struct ign_type *type, const struct ign_field *field,
		      const void *object)
{
	size_t count = ign_gather(type, field, object, NULL);
	struct ign_keyed *entries;

	if (count < 2)
		return 0;
	entries = calloc(count, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	ign_gather(type, field, object, entries);
	report_twice(check, place, entries, count);
	free(entries);
	return 0;
}

/* Lists that share their keys are looked at where the first of them stands; no type has two groups
 * of them. */
static int visit_keys(struct check *check, const struct ign_place *place,
		      const struct ign_type *type, const void *object)
{
	bool shared_done = false;
	int r = 0;

	for (size_t i = 0; i < type->fields_count && r == 0; i++) {
		const struct ign_field *field = &type->fields[i];
		bool shared = field->rules & IGN_SHARED;

		if (!ign_is_keyed(field) || (shared && shared_done))
			continue;
		shared_done |= shared;
		r = check_keys(check, place, type, field, object);
	}
	return r;
}

static bool known(const struct check *check, const struct ign_type *type, uint32_t member)
{
	for (size_t i = 0; i < type->fields_count; i++)
		if (type->fields[i].since <= check->version &&
		    json_named(check->json, member, type->fields[i].key, false))
			return true;
	return false;
}

/* The warning stands at the name, not at the value; the path has the name as it is. */
static void warn_of_unused(struct check *check, const struct ign_place *place, uint32_t member)
{
	const struct json_node *node = &check->json->nodes[member];
	const char *quoted = check->json->text + node->key_start;
	size_t size = node->key_end - node->key_start, length = json_unquote(quoted, size, NULL, 0);
	char *key = check->report->count < IGN_ENTRIES_MAX
			    ? arena_get(check->report->arena, length + 1, 1)
			    : NULL;
	struct ign_place at = { .up = place, .key = "", .node = member };
	size_t before = check->report->count;

	if (key) {
		json_unquote(quoted, size, key, length);
		at.key = key;
		at.length = length;
	}
	ign_report_add(check->report, check->json, &at, true,
		       ign_report_format(check->report, "unused key %s", at.key));
	if (check->report->count > before)
		check->report->entries[before].offset = node->key_start;
}

static int visit_unused(struct check *check, const struct ign_place *place,
			const struct ign_type *type, const void *object)
{
	(void)object;
	if (place->node == IGN_NO_NODE)
		return 0;
	if (check->json->nodes[place->node].type != JSON_OBJECT) {
		ign_warning_at(check, place, NULL, "null in the place of an object");
		return 0;
	}
	for (uint32_t n = json_first(check->json, place->node); n; n = check->json->nodes[n].next)
		if (!known(check, type, n))
			warn_of_unused(check, place, n);
	return 0;
}

int ign_validate(const struct json *json, enum ign_version version, const struct ign_config *config,
		 struct ign_report *report)
{
	static visit *const visits[] = { visit_rules, visit_keys, visit_unused };
	struct check check = { json, version, config, report };
	struct ign_place top = { .node = json ? 0 : IGN_NO_NODE };
	int r = 0;

	for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]) && r == 0; i++)
		r = walk(&check, &top, &ign_config_type, config, visits[i]);
	return r;
}
