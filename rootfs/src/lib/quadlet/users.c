// SPDX-License-Identifier: Apache-2.0
/* Handlers of keys about users and user namespaces; see handlers.h. */
#include "lib/quadlet/handlers.h"
#include "lib/text.h"
#include <string.h>

void apply_user(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line;
	const char *group = quadlet_text(c, "Group", &line);
	const char *user = quadlet_text(c, key->name, NULL);

	if (group && !user)
		quadlet_fail(c, line, QUADLET_CONFLICT, "Group set without User");
	if (user)
		quadlet_option(c, key->option,
			       group ? arena_format(c->arena, "%s:%s", user, group) : user);
}

static const struct unit_line *any_of(struct conversion *c, const char *const *keys)
{
	const struct unit_line *line = NULL;

	for (; *keys && !line; keys++)
		line = unit_first(c->unit, c->section, *keys);
	return line;
}

/* The older keys: kind is auto or keep-id; names are those of its options for uids and gids. */
static void remap_by_options(struct conversion *c, const char *option, const char *kind,
			     const char *const names[2])
{
	static const char *const keys[2] = { "RemapUid", "RemapGid" };
	const char *size = quadlet_text(c, "RemapUidSize", NULL);
	bool automatic = strcmp(kind, "auto") == 0;
	struct words parts = { 0 };

	for (size_t k = 0; k < 2; k++) {
		struct words maps = quadlet_all_words(c, keys[k], WORDS_LIST);

		if (!automatic && maps.count > 1)
			quadlet_fail(c, unit_first(c->unit, c->section, keys[k]), QUADLET_BAD_VALUE,
				     "one value only goes with RemapUsers=keep-id");
		for (size_t i = 0; i < maps.count; i++)
			words_add(&parts, c->arena,
				  arena_format(c->arena, "%s=%s", names[k], maps.at[i]));
	}
	if (automatic && size)
		words_add(&parts, c->arena, arena_format(c->arena, "size=%s", size));
	quadlet_option(c, option,
		       arena_format(c->arena, "%s%s%s", kind, parts.count > 0 ? ":" : "",
				    words_join(&parts, ",", c->arena)));
}

static void remap_by_maps(struct conversion *c)
{
	struct words uids = quadlet_all_words(c, "RemapUid", WORDS_LIST);
	struct words gids = quadlet_all_words(c, "RemapGid", WORDS_LIST);

	for (size_t i = 0; i < uids.count; i++)
		quadlet_option(c, "uidmap", uids.at[i]);
	for (size_t i = 0; i < gids.count; i++)
		quadlet_option(c, "gidmap", gids.at[i]);
}

static void check_remap_size(struct conversion *c)
{
	const struct unit_line *line;
	const char *size = quadlet_text(c, "RemapUidSize", &line);
	uint64_t value;

	if (size && text_to_number(size, UINT32_MAX, &value) < 0)
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is no number", size);
}

static void apply_remaps(struct conversion *c, const char *option)
{
	static const char *const maps[] = { "RemapUid", "RemapGid", NULL };
	static const char *const automatic[] = { "uidmapping", "gidmapping" };
	static const char *const kept[] = { "uid", "gid" };
	const struct unit_line *line;
	const char *users = quadlet_text(c, "RemapUsers", &line);

	check_remap_size(c);
	if (!users && any_of(c, maps))
		quadlet_fail(c, any_of(c, maps), QUADLET_MISSING_KEY, "needs RemapUsers");
	else if (users && strcmp(users, "manual") == 0)
		remap_by_maps(c);
	else if (users && strcmp(users, "auto") == 0)
		remap_by_options(c, option, users, automatic);
	else if (users && strcmp(users, "keep-id") == 0)
		remap_by_options(c, option, users, kept);
	else if (users)
		quadlet_fail(c, line, QUADLET_BAD_VALUE,
			     "%s is not supported; there is: manual auto keep-id", users);
}

void apply_user_namespace(struct conversion *c, const struct quadlet_key *key)
{
	static const char *const mappings[] = { "UserNS",    "UIDMap",    "GIDMap",
						"SubUIDMap", "SubGIDMap", NULL };
	static const char *const remaps[] = { "RemapUsers", "RemapUid", "RemapGid", "RemapUidSize",
					      NULL };
	const char *mode = quadlet_text(c, key->name, NULL);

	if (mode)
		quadlet_option(c, key->option, mode);
	if (!any_of(c, mappings))
		apply_remaps(c, key->option);
	else if (any_of(c, remaps))
		quadlet_fail(c, any_of(c, remaps), QUADLET_CONFLICT,
			     "deprecated Remap keys are set along with explicit mapping keys");
}
