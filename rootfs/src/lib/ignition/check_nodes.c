// SPDX-License-Identifier: Apache-2.0
/*
 * Checks of files, directories and links: each for itself, and against each other and the units.
 * Comparisons of all with all are done on sorted names: a config may have a hundred thousand of
 * each.
 */
#include "lib/ignition/check.h"
#include "lib/path.h"
#include <errno.h>
#include <stdlib.h>

#define UNITS_FOLDER "/etc/systemd/system/"

static const char *owner_problem(const struct ign_owner *owner)
{
	return owner->id.given && !ign_empty(&owner->name) ? "cannot set both id and name" : NULL;
}

int ign_check_owner(struct check *check, const struct ign_place *place, const void *object)
{
	ign_error(check, place, owner_problem(object));
	return 0;
}

static void check_mode(struct check *check, const struct ign_place *place,
		       const struct ign_integer *mode)
{
	if (mode->value < 0 || mode->value > 07777)
		ign_error_at(check, place, "mode", "illegal file mode");
	if (check->version < IGN_3_6 && (mode->value & 07000) != 0)
		ign_warning_at(check, place, "mode",
			       "setuid/setgid/sticky bits are not supported or functional in spec "
			       "versions older than 3.6.0");
}

int ign_check_directory(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_directory *directory = object;

	ign_error_at(check, place, "path", ign_path_problem(&directory->node.path));
	check_mode(check, place, &directory->mode);
	return 0;
}

int ign_check_file(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_file *file = object;

	ign_error_at(check, place, "path", ign_path_problem(&file->node.path));
	check_mode(check, place, &file->mode);
	if (file->node.overwrite == IGN_TRUE && !file->contents.source.at)
		ign_error_at(check, place, "overwrite",
			     "overwrite must be false if source is unspecified");
	return 0;
}

int ign_check_link(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_link *link = object;

	ign_error_at(check, place, "path", ign_path_problem(&link->node.path));
	return 0;
}

/* The lists of a storage section whose entries are nodes. */
struct nodes {
	const char *key;
	const char *entries;
	size_t count, bytes;
	const char *through_link; /* what to say of one whose path leads through a link */
};

enum { DIRECTORIES, FILES, LINKS, NODE_LISTS };

static void list_nodes(const struct ign_storage *storage, struct nodes ret[NODE_LISTS])
{
	ret[DIRECTORIES] = (struct nodes){ "directories", (const char *)storage->directories.at,
					   storage->directories.count, sizeof(struct ign_directory),
					   "directory path includes link in config" };
	ret[FILES] = (struct nodes){ "files", (const char *)storage->files.at, storage->files.count,
				     sizeof(struct ign_file), "file path includes link in config" };
	ret[LINKS] = (struct nodes){ "links", (const char *)storage->links.at, storage->links.count,
				     sizeof(struct ign_link), "link path includes link in config" };
}

static const struct ign_text *node_path(const struct nodes *nodes, size_t index)
{
	const struct ign_node *node = (const void *)(nodes->entries + nodes->bytes * index);

	return &node->path;
}

static int sorted_paths(struct check *check, const struct nodes *nodes, struct ign_names *ret)
{
	ret->count = nodes->count;
	ret->at = arena_get(check->report->arena, nodes->count, sizeof(struct ign_text *));
	if (!ret->at)
		return -ENOMEM;
	for (size_t i = 0; i < nodes->count; i++)
		ret->at[i] = node_path(nodes, i);
	ign_names_sort(ret);
	return 0;
}

/* The same error for each of many others; once the report is full it is enough to count. */
static void report_times(struct check *check, const struct ign_place *place, size_t times,
			 const char *message)
{
	for (; times > 0 && check->report->count < IGN_ENTRIES_MAX; times--)
		ign_error(check, place, message);
	check->report->errors += times;
}

static int byte_at(const struct ign_text *text, size_t index)
{
	return index < text->length ? (unsigned char)text->at[index] : -1;
}

/* The first of the names from low to high, which are the same up to index, whose byte there is not
 * less. */
static size_t first_from(const struct ign_names *names, size_t low, size_t high, size_t index,
			 int least)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (byte_at(names->at[middle], index) < least)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One error for every link that is a leading part of the path. Goes along the path once, with the
 * links that begin as it does; those that end at a slash stand before those that go on. */
static void check_through_links(struct check *check, const struct ign_place *place,
				const struct ign_text *path, const struct ign_names *links,
				const char *message)
{
	size_t low = 0, high = links->count;

	for (size_t i = 0; i < path->length && low < high; i++) {
		int byte = (unsigned char)path->at[i];
		size_t ended = byte == '/' ? first_from(links, low, high, i, 0) - low : 0;

		report_times(check, place, ended, message);
		low = first_from(links, low, high, i, byte);
		high = first_from(links, low, high, i, byte + 1);
	}
}

/* Where a hard link leads: its target, taken from the link's path if relative. */
static int link_target(struct check *check, const struct ign_link *link, struct ign_text *ret)
{
	const struct ign_text *path = &link->node.path, *target = &link->target;
	size_t joined = 0, room = path->length + target->length + 4;
	char *buffer = arena_get(check->report->arena, 1, room);
	char *text = arena_get(check->report->arena, 1, room);

	if (!buffer || !text)
		return -ENOMEM;
	if (target->length == 0 || target->at[0] != '/') {
		memcpy(text, path->at ? path->at : "", path->length);
		text[path->length] = '/';
		joined = path->length + (path->length > 0);
	}
	memcpy(text + joined, target->at ? target->at : "", target->length);
	*ret = (struct ign_text){ buffer, path_clean(text, joined + target->length, buffer) };
	return 0;
}

static void warn_of_owner(struct check *check, const struct ign_place *link, const char *key,
			  const struct ign_owner *owner)
{
	static const char ignored[] = "user/group ignored for hard link";
	struct ign_place member = ign_place_member(check->json, link, key);

	if (owner->id.given)
		ign_warning_at(check, &member, "id", ignored);
	if (owner->name.at)
		ign_warning_at(check, &member, "name", ignored);
}

static int check_hard_link(struct check *check, const struct ign_place *place,
			   const struct ign_link *link, const struct ign_names *directories)
{
	struct ign_text target;
	int r = link_target(check, link, &target);

	if (r < 0)
		return r;
	report_times(check, place, ign_names_count(directories, target.at, target.length),
		     "hard link target is a directory");
	warn_of_owner(check, place, "user", &link->node.user);
	warn_of_owner(check, place, "group", &link->node.group);
	return 0;
}

/* What all the checks of a storage section's nodes look at. */
struct storage_check {
	struct check *check;
	const struct ign_storage *storage;
	struct ign_names links, directories;
};

static int check_one_link(struct storage_check *all, const struct ign_place *place,
			  const struct ign_link *link)
{
	if (all->check->version >= IGN_3_3 && ign_empty(&link->target))
		ign_error_at(all->check, place, "target", "link target is required");
	else if (link->hard == IGN_TRUE)
		return check_hard_link(all->check, place, link, &all->directories);
	return 0;
}

static int check_nodes(struct storage_check *all, const struct ign_place *place,
		       const struct nodes *nodes, bool links)
{
	const struct json *json = all->check->json;
	struct ign_place list = ign_place_member(json, place, nodes->key);
	uint32_t node = list.node == IGN_NO_NODE ? 0 : json_first(json, list.node);
	int r = 0;

	for (size_t i = 0; i < nodes->count && r == 0; i++) {
		struct ign_place entry = ign_place_entry(&list, i, node ? node : IGN_NO_NODE);

		check_through_links(all->check, &entry, node_path(nodes, i), &all->links,
				    nodes->through_link);
		if (links)
			r = check_one_link(all, &entry, &all->storage->links.at[i]);
		node = node ? json->nodes[node].next : 0;
	}
	return r;
}

int ign_check_storage(struct check *check, const struct ign_place *place, const void *object)
{
	struct storage_check all = { .check = check, .storage = object };
	struct nodes nodes[NODE_LISTS];
	int r;

	list_nodes(all.storage, nodes);
	r = sorted_paths(check, &nodes[LINKS], &all.links);
	if (r == 0)
		r = sorted_paths(check, &nodes[DIRECTORIES], &all.directories);
	for (int list = DIRECTORIES; list < NODE_LISTS && r == 0; list++)
		r = check_nodes(&all, place, &nodes[list], list == LINKS);
	return r < 0 ? r : ign_check_overwritten(check, place, all.storage);
}

/* The path that a unit, or a drop-in of it, is written to. */
static int unit_path(struct check *check, const struct ign_text *unit,
		     const struct ign_text *dropin, const struct ign_text **ret)
{
	size_t length = strlen(UNITS_FOLDER) + unit->length + (dropin ? 3 + dropin->length : 0);
	struct ign_text *path = arena_get(check->report->arena, 1, sizeof(*path));
	char *text = arena_get(check->report->arena, length + 1, 1), *at = text;

	if (!path || !text)
		return -ENOMEM;
	at = mempcpy(at, UNITS_FOLDER, strlen(UNITS_FOLDER));
	at = mempcpy(at, unit->at ? unit->at : "", unit->length);
	if (dropin) {
		at = mempcpy(at, ".d/", 3);
		memcpy(at, dropin->at ? dropin->at : "", dropin->length);
	}
	*path = (struct ign_text){ text, length };
	*ret = path;
	return 0;
}

static int unit_paths_of(struct check *check, const struct ign_unit *unit, struct ign_names *paths)
{
	int r = 0;

	if (!ign_empty(&unit->contents))
		r = unit_path(check, &unit->name, NULL, &paths->at[paths->count++]);
	for (size_t i = 0; i < unit->dropins.count && r == 0; i++)
		if (!ign_empty(&unit->dropins.at[i].contents))
			r = unit_path(check, &unit->name, &unit->dropins.at[i].name,
				      &paths->at[paths->count++]);
	return r;
}

static int unit_paths(struct check *check, struct ign_names *ret)
{
	const struct ign_systemd *systemd = &check->config->systemd;
	size_t most = systemd->units.count;
	int r = 0;

	for (size_t i = 0; i < systemd->units.count; i++)
		most += systemd->units.at[i].dropins.count;
	ret->at = arena_get(check->report->arena, most, sizeof(struct ign_text *));
	if (!ret->at)
		return -ENOMEM;
	for (size_t i = 0; i < systemd->units.count && r == 0; i++)
		r = unit_paths_of(check, &systemd->units.at[i], ret);
	if (r == 0)
		ign_names_sort(ret);
	return r;
}

int ign_check_config(struct check *check, const struct ign_place *place, const void *object)
{
	static const int order[] = { FILES, DIRECTORIES, LINKS };
	const struct ign_config *config = object;
	struct ign_place storage = ign_place_member(check->json, place, "storage");
	struct nodes nodes[NODE_LISTS];
	struct ign_names paths = { 0 };
	int r = unit_paths(check, &paths);

	list_nodes(&config->storage, nodes);
	for (size_t n = 0; n < NODE_LISTS && r == 0; n++)
		for (size_t i = 0; i < nodes[order[n]].count; i++) {
			const struct ign_text *path = node_path(&nodes[order[n]], i);

			if (ign_names_count(&paths, path->at, path->length) > 0)
				ign_error_in(check, &storage, nodes[order[n]].key, i, "path",
					     "path conflicts with systemd unit or dropin");
		}
	return r;
}
