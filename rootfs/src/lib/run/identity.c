// SPDX-License-Identifier: Apache-2.0
/* See identity.h. Must never take the host's word for anyone: the files are the image's. */
#include "lib/run/identity.h"
#include "lib/text.h"
#include "lib/usertable.h"
#include <errno.h>
#include <string.h>

#define ID_MAX INT32_MAX /* what user lookups of container engines take */

struct lookup {
	struct user_table passwd, group;
	struct arena *arena;
	struct run_identity *identity;
	struct error *error;
};

static int read_table(const struct run_file *file, unsigned fields, const char *name,
		      struct lookup *lookup, struct user_table *ret)
{
	int r = user_table_parse(file->text ? file->text : "", file->size, fields, lookup->arena,
				 ret);

	return r < 0 ? error_set(lookup->error, r, "the image's %s: too large, or no text", name)
		     : 0;
}

static struct user_row *find(const struct user_table *table, unsigned field, const char *text,
			     uint64_t *ret_number)
{
	struct user_row *row = user_table_find(table, text);
	bool number = text_to_number(text, ID_MAX, ret_number) == 0;

	if (!number)
		*ret_number = UINT64_MAX;
	return row || !number ? row : user_table_find_number(table, field, (uint32_t)*ret_number);
}

static int find_user(struct lookup *lookup, const char *user, const char **ret_name)
{
	struct run_identity *identity = lookup->identity;
	uint64_t number;
	struct user_row *row = find(&lookup->passwd, PASSWD_UID, user, &number);

	if (row) {
		if (!user_row_number(row, PASSWD_UID, &identity->uid) ||
		    !user_row_number(row, PASSWD_GID, &identity->gid))
			return error_set(lookup->error, -EBADMSG,
					 "the image's /etc/passwd: the ids of %s are none", user);
		*ret_name = row->fields[PASSWD_NAME];
		if (row->fields[PASSWD_HOME][0] == '/')
			identity->home = row->fields[PASSWD_HOME];
		return 0;
	}
	if (number > ID_MAX)
		return error_set(lookup->error, -ENOENT,
				 "the image has no user %s (in its /etc/passwd)", user);
	identity->uid = (uint32_t)number;
	return 0;
}

static int find_group(struct lookup *lookup, const char *group, uint32_t *ret)
{
	uint64_t number;
	struct user_row *row = find(&lookup->group, GROUP_GID, group, &number);

	if (row && user_row_number(row, GROUP_GID, ret))
		return 0;
	if (number > ID_MAX)
		return error_set(lookup->error, -ENOENT,
				 "the image has no group %s (in its /etc/group)", group);
	*ret = (uint32_t)number;
	return 0;
}

static int add_group(struct lookup *lookup, uint32_t gid)
{
	struct run_identity *identity = lookup->identity;

	for (size_t i = 0; i < identity->group_count; i++)
		if (identity->groups[i] == gid)
			return 0;
	if (identity->group_count == RUN_GROUPS_MAX)
		return error_set(lookup->error, -E2BIG, "more than %d groups", RUN_GROUPS_MAX);
	identity->groups[identity->group_count++] = gid;
	return 0;
}

static bool has_member(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list != '\0') {
		size_t word = strcspn(list, ",");

		if (word == length && memcmp(list, name, length) == 0)
			return true;
		list += word + (list[word] == ',');
	}
	return false;
}

static int add_memberships(struct lookup *lookup, const char *name)
{
	int r = 0;

	for (size_t i = 0; i < lookup->group.count && r == 0; i++) {
		const struct user_row *row = &lookup->group.rows[i];
		uint32_t gid;

		if (row->fields[0] && has_member(row->fields[GROUP_MEMBERS], name) &&
		    user_row_number(row, GROUP_GID, &gid) && gid != lookup->identity->gid)
			r = add_group(lookup, gid);
	}
	return r;
}

static int find_all(struct lookup *lookup, const char *user, const char *group,
		    const struct words *more)
{
	const char *name = NULL;
	int r = find_user(lookup, *user ? user : "0", &name);

	if (r == 0 && group)
		r = find_group(lookup, group, &lookup->identity->gid);
	else if (r == 0 && name)
		r = add_memberships(lookup, name);
	for (size_t i = 0; i < more->count && r == 0; i++) {
		uint32_t gid;

		r = find_group(lookup, more->at[i], &gid);
		if (r == 0)
			r = add_group(lookup, gid);
	}
	return r;
}

int run_identity(const char *user, const struct words *more, const struct run_file *passwd,
		 const struct run_file *group, struct arena *arena, struct run_identity *ret,
		 struct error *error)
{
	struct lookup lookup = { .arena = arena, .identity = ret, .error = error };
	const char *colon = strchr(user, ':');
	char *name = arena_copy(arena, user, colon ? (size_t)(colon - user) : strlen(user));
	int r;

	*ret = (struct run_identity){ .home = "/" };
	ret->groups = arena_get(arena, RUN_GROUPS_MAX, sizeof(*ret->groups));
	if (!ret->groups || !name)
		return error_set(error, -ENOMEM, "out of memory");
	r = read_table(passwd, PASSWD_FIELDS, "/etc/passwd", &lookup, &lookup.passwd);
	if (r == 0)
		r = read_table(group, GROUP_FIELDS, "/etc/group", &lookup, &lookup.group);
	if (r == 0)
		r = find_all(&lookup, name, colon && colon[1] ? colon + 1 : NULL, more);
	return r;
}
