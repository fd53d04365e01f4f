// SPDX-License-Identifier: Apache-2.0
/* See accounts.h: users. A change goes from the groups to the user's rows, so that an error leaves
 * no user without a group. */
#include "lib/accountids.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_SHELL "/bin/sh"
#define NO_PASSWORD "*" /* matches no password; keys work all the same */

static int no_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "out of memory");
}

static const char *user_problem(const struct ign_user *user)
{
	const struct ign_text *const fields[] = { &user->gecos, &user->home, &user->password_hash,
						  &user->shell };
	const char *problem = account_name_problem(&user->name);

	for (size_t i = 0; !problem && i < sizeof(fields) / sizeof(fields[0]); i++)
		problem = account_field_problem(fields[i]);
	if (!problem && user->home.length > 0 && user->home.at[0] != '/')
		problem = "homeDir is not absolute";
	if (!problem && user->shell.length > 0 && user->shell.at[0] != '/')
		problem = "shell is not absolute";
	return problem;
}

/* A name, or the number of a group that is there. */
static int group_by_name(const struct accounts *accounts, const struct ign_text *name,
			 uint32_t *ret, struct error *error)
{
	uint64_t number;

	if (accounts_gid(accounts, name, ret) == 0)
		return 0;
	if (name->at && strlen(name->at) == name->length &&
	    text_to_number(name->at, UINT32_MAX - 1, &number) == 0 &&
	    user_table_find_number(&accounts->group, GROUP_GID, (uint32_t)number)) {
		*ret = (uint32_t)number;
		return 0;
	}
	return error_set(error, -ENOENT, "there is no group %.40s", name->at ? name->at : "");
}

/* The group of a new user: the one that is named, "users", or one of its own. */
static int group_of_new(struct accounts *accounts, const struct ign_user *user, uint32_t *ret,
			struct error *error)
{
	static const struct ign_text users = { "users", 5 };
	int r;

	if (user->primary_group.length > 0)
		return group_by_name(accounts, &user->primary_group, ret, error);
	if (user->no_user_group == IGN_TRUE)
		return group_by_name(accounts, &users, ret, error);
	if (accounts_gid(accounts, &user->name, ret) == 0)
		return 0;
	r = account_free_id(&accounts->group, GROUP_GID, user->system == IGN_TRUE, ret, error);
	if (r == 0 && account_make_group(accounts, user->name.at, *ret) < 0)
		r = no_memory(error);
	return r;
}

static int leave_groups(struct accounts *accounts, const char *name)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < accounts->group.count; i++)
		r = user_table_remove_member(&accounts->group, &accounts->group.rows[i],
					     GROUP_MEMBERS, name);
	for (size_t i = 0; r == 0 && i < accounts->gshadow.count; i++)
		r = user_table_remove_member(&accounts->gshadow, &accounts->gshadow.rows[i],
					     GSHADOW_MEMBERS, name);
	return r;
}

static int join_group(struct accounts *accounts, const struct ign_text *group, const char *name,
		      struct error *error)
{
	struct user_row *row, *shadow;
	uint32_t gid;
	int r = group_by_name(accounts, group, &gid, error);

	if (r < 0)
		return r;
	row = user_table_find_number(&accounts->group, GROUP_GID, gid);
	shadow = user_table_find(&accounts->gshadow, row->fields[GROUP_NAME]);
	if (user_table_add_member(&accounts->group, row, GROUP_MEMBERS, name) < 0 ||
	    (shadow &&
	     user_table_add_member(&accounts->gshadow, shadow, GSHADOW_MEMBERS, name) < 0))
		return no_memory(error);
	return 0;
}

/* The list takes the place of the groups that the user is in, as usermod does it. */
static int set_groups(struct accounts *accounts, const struct ign_user *user, struct error *error)
{
	int r = 0;

	if (user->groups.count == 0)
		return 0;
	if (leave_groups(accounts, user->name.at) < 0)
		return no_memory(error);
	for (size_t i = 0; r == 0 && i < user->groups.count; i++)
		r = join_group(accounts, &user->groups.at[i], user->name.at, error);
	return r;
}

/* A row that a run left which was cut before the user's own row is written anew. */
static int add_shadow(struct accounts *accounts, const char *name, unsigned today_days)
{
	struct user_table *table = &accounts->shadow;
	struct user_row *row;
	char days[12] = "";

	user_table_remove(table, name);
	row = user_table_add(table, name);
	if (today_days > 0)
		snprintf(days, sizeof(days), "%u", today_days);
	if (!row || user_table_set(table, row, SHADOW_HASH, NO_PASSWORD) < 0 ||
	    user_table_set(table, row, SHADOW_CHANGED_DAYS, days) < 0 ||
	    user_table_set(table, row, SHADOW_MIN_DAYS, "0") < 0 ||
	    user_table_set(table, row, SHADOW_MAX_DAYS, "99999") < 0 ||
	    user_table_set(table, row, SHADOW_WARN_DAYS, "7") < 0)
		return -ENOMEM;
	return 0;
}

static int set_password(struct accounts *accounts, const struct ign_user *user, unsigned today_days)
{
	struct user_row *row = user_table_find(&accounts->shadow, user->name.at);

	if (!user->password_hash.at)
		return 0;
	if (!row && add_shadow(accounts, user->name.at, today_days) < 0)
		return -ENOMEM;
	row = user_table_find(&accounts->shadow, user->name.at);
	return user_table_set(&accounts->shadow, row, SHADOW_HASH,
			      user->password_hash.length > 0 ? user->password_hash.at
							     : NO_PASSWORD);
}

static int set_row(struct user_table *table, struct user_row *row, uint32_t uid, uint32_t gid,
		   const struct ign_user *user)
{
	char uid_text[12], gid_text[12];
	int r;

	snprintf(uid_text, sizeof(uid_text), "%u", uid);
	snprintf(gid_text, sizeof(gid_text), "%u", gid);
	r = user_table_set(table, row, PASSWD_UID, uid_text);
	if (r == 0)
		r = user_table_set(table, row, PASSWD_GID, gid_text);
	if (r == 0 && user->gecos.length > 0)
		r = user_table_set(table, row, PASSWD_GECOS, user->gecos.at);
	if (r == 0 && user->home.length > 0)
		r = user_table_set(table, row, PASSWD_HOME, user->home.at);
	if (r == 0 && user->shell.length > 0)
		r = user_table_set(table, row, PASSWD_SHELL, user->shell.at);
	return r;
}

static int add_row(struct accounts *accounts, const struct ign_user *user, uint32_t uid,
		   uint32_t gid)
{
	struct user_row *row = user_table_add(&accounts->passwd, user->name.at);
	char home[ACCOUNT_NAME_MAX + 8];

	snprintf(home, sizeof(home), "/home/%s", user->name.at);
	if (!row || user_table_set(&accounts->passwd, row, PASSWD_HASH, "x") < 0 ||
	    user_table_set(&accounts->passwd, row, PASSWD_HOME, home) < 0 ||
	    user_table_set(&accounts->passwd, row, PASSWD_SHELL, DEFAULT_SHELL) < 0)
		return -ENOMEM;
	return set_row(&accounts->passwd, row, uid, gid, user);
}

static int make_user(struct accounts *accounts, const struct ign_user *user, unsigned today_days,
		     struct account_change *ret, struct error *error)
{
	int r;

	if (user->uid.given)
		r = account_given_id(&accounts->passwd, PASSWD_UID, &user->uid, user->name.at,
				     &ret->uid, error);
	else
		r = account_free_id(&accounts->passwd, PASSWD_UID, user->system == IGN_TRUE,
				    &ret->uid, error);
	if (r == 0)
		r = group_of_new(accounts, user, &ret->gid, error);
	if (r == 0 && (add_shadow(accounts, user->name.at, today_days) < 0 ||
		       add_row(accounts, user, ret->uid, ret->gid) < 0))
		r = no_memory(error);
	ret->made = true;
	return r;
}

static int change_user(struct accounts *accounts, const struct ign_user *user,
		       struct account_change *ret, struct error *error)
{
	struct user_row *row = user_table_find(&accounts->passwd, user->name.at);
	const char *home = row->fields[PASSWD_HOME];
	int r = 0;

	if (!user_row_number(row, PASSWD_UID, &ret->uid) ||
	    !user_row_number(row, PASSWD_GID, &ret->gid))
		return error_set(error, -EINVAL, "its row in passwd has no ids");
	if (user->uid.given)
		r = account_given_id(&accounts->passwd, PASSWD_UID, &user->uid, user->name.at,
				     &ret->uid, error);
	if (r == 0 && user->primary_group.length > 0)
		r = group_by_name(accounts, &user->primary_group, &ret->gid, error);
	if (r == 0 && set_row(&accounts->passwd, row, ret->uid, ret->gid, user) < 0)
		r = no_memory(error);
	if (r == 0 && strcmp(home, row->fields[PASSWD_HOME]) != 0)
		ret->old_home = home;
	return r;
}

/* Its own group goes with it, unless somebody else is in there. */
static int remove_user(struct accounts *accounts, const struct ign_user *user,
		       struct account_change *ret, struct error *error)
{
	const char *name = user->name.at;
	struct user_row *row = user_table_find(&accounts->passwd, name);
	struct user_row *group;
	uint32_t gid;

	if (!row)
		return 0;
	ret->removed = user_row_number(row, PASSWD_UID, &ret->uid);
	ret->home = row->fields[PASSWD_HOME];
	user_table_remove(&accounts->passwd, name);
	user_table_remove(&accounts->shadow, name);
	if (leave_groups(accounts, name) < 0)
		return no_memory(error);
	group = user_table_find(&accounts->group, name);
	if (group && user_row_number(group, GROUP_GID, &gid) && !group->fields[GROUP_MEMBERS][0] &&
	    !user_table_find_number(&accounts->passwd, PASSWD_GID, gid)) {
		user_table_remove(&accounts->group, name);
		user_table_remove(&accounts->gshadow, name);
	}
	return 0;
}

static int ensure_user(struct accounts *accounts, const struct ign_user *user, unsigned today_days,
		       struct account_change *ret, struct error *error)
{
	const char *problem = user_problem(user);
	int r;

	if (problem)
		return error_set(error, -EINVAL, "%s", problem);
	if (user->wanted == IGN_FALSE)
		return remove_user(accounts, user, ret, error);
	r = user_table_find(&accounts->passwd, user->name.at)
		    ? change_user(accounts, user, ret, error)
		    : make_user(accounts, user, today_days, ret, error);
	if (r == 0)
		r = set_groups(accounts, user, error);
	if (r == 0 && set_password(accounts, user, today_days) < 0)
		r = no_memory(error);
	if (r == 0)
		ret->home = user_table_find(&accounts->passwd, user->name.at)->fields[PASSWD_HOME];
	return r;
}

int accounts_ensure_user(struct accounts *accounts, const struct ign_user *user,
			 unsigned today_days, struct account_change *ret, struct error *error)
{
	int r;

	*ret = (struct account_change){ 0 };
	r = ensure_user(accounts, user, today_days, ret, error);
	if (r < 0)
		error_wrap(error, "user %.40s", user->name.at ? user->name.at : "");
	return r;
}
