// SPDX-License-Identifier: Apache-2.0
/* See accounts.h: names, ids and groups. Must never put a colon or a newline into a table. */
#include "lib/accounts.h"
#include "lib/accountids.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *account_name_problem(const struct ign_text *name)
{
	bool digits = true;

	if (name->length == 0)
		return "no name";
	if (name->length > ACCOUNT_NAME_MAX)
		return "name is longer than 32 bytes";
	for (size_t i = 0; i < name->length; i++) {
		unsigned char c = (unsigned char)name->at[i];
		bool digit = c >= '0' && c <= '9';
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		bool inside = c == '-' || c == '.' || (c == '$' && i + 1 == name->length);

		if (!digit && !letter && !(inside && i > 0))
			return "name has a character that names cannot have";
		digits = digits && digit;
	}
	return digits ? "name is a number" : NULL;
}

const char *account_field_problem(const struct ign_text *text)
{
	for (size_t i = 0; i < text->length; i++)
		if (text->at[i] == ':' || (unsigned char)text->at[i] < ' ' || text->at[i] == 0x7f)
			return "holds a colon or a control character";
	return NULL;
}

static uint32_t highest(const struct user_table *table, unsigned field,
			const struct id_range *range)
{
	uint32_t ret = range->first - 1, id;

	for (size_t i = 0; i < table->count; i++)
		if (user_row_number(&table->rows[i], field, &id) && id >= range->first &&
		    id <= range->last && id > ret)
			ret = id;
	return ret;
}

int account_free_id(const struct user_table *table, unsigned field, bool system, uint32_t *ret,
		    struct error *error)
{
	static const struct id_range ranges[] = { { 1000, 60000 }, { 201, 999 } };
	const struct id_range *range = &ranges[system];
	uint32_t id = system ? range->first : highest(table, field, range) + 1;

	if (id > range->last)
		id = range->first;
	while (id <= range->last && user_table_find_number(table, field, id))
		id++;
	if (id > range->last)
		return error_set(error, -ENOSPC, "no id from %u to %u is free", range->first,
				 range->last);
	*ret = id;
	return 0;
}

int account_given_id(const struct user_table *table, unsigned field, const struct ign_integer *id,
		     const char *name, uint32_t *ret, struct error *error)
{
	const struct user_row *other;

	if (id->value < 0 || id->value >= UINT32_MAX)
		return error_set(error, -EINVAL, "id %lld is none", (long long)id->value);
	*ret = (uint32_t)id->value;
	other = user_table_find_number(table, field, *ret);
	if (other && strcmp(other->fields[0], name) != 0)
		return error_set(error, -EEXIST, "id %u is %s's", *ret, other->fields[0]);
	return 0;
}

static int set_number(struct user_table *table, struct user_row *row, unsigned field,
		      uint32_t number)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", number);
	return user_table_set(table, row, field, text);
}

/* The hash stands in gshadow where there is one, else in the group's row. */
static int set_group_hash(struct accounts *accounts, const char *name, const char *hash)
{
	bool has_gshadow = accounts->has_gshadow;
	struct user_table *table = has_gshadow ? &accounts->gshadow : &accounts->group;
	struct user_row *row = user_table_find(table, name);

	if (!row)
		row = user_table_add(table, name);
	return row ? user_table_set(table, row, has_gshadow ? GSHADOW_HASH : GROUP_HASH, hash)
		   : -ENOMEM;
}

int account_make_group(struct accounts *accounts, const char *name, uint32_t gid)
{
	struct user_row *row = user_table_add(&accounts->group, name);

	if (!row || set_number(&accounts->group, row, GROUP_GID, gid) < 0 ||
	    user_table_set(&accounts->group, row, GROUP_HASH, "x") < 0)
		return -ENOMEM;
	return accounts->has_gshadow ? set_group_hash(accounts, name, "!") : 0;
}

/* -EEXIST: it is there with another id. */
static int find_or_make(struct accounts *accounts, const struct ign_group *group,
			struct error *error)
{
	const struct user_row *row = user_table_find(&accounts->group, group->name.at);
	uint32_t gid, own;
	int r = 0;

	if (group->gid.given)
		r = account_given_id(&accounts->group, GROUP_GID, &group->gid, group->name.at, &gid,
				     error);
	else if (!row)
		r = account_free_id(&accounts->group, GROUP_GID, group->system == IGN_TRUE, &gid,
				    error);
	if (r < 0)
		return r;
	if (!row) {
		r = account_make_group(accounts, group->name.at, gid);
		return r < 0 ? error_set(error, r, "out of memory") : 0;
	}
	if (group->gid.given && user_row_number(row, GROUP_GID, &own) && own != gid)
		return error_set(error, -EEXIST, "is there already, with the id %u", own);
	return 0;
}

static int ensure_group(struct accounts *accounts, const struct ign_group *group,
			struct error *error)
{
	const char *problem = account_name_problem(&group->name);
	int r;

	if (!problem)
		problem = account_field_problem(&group->password_hash);
	if (problem)
		return error_set(error, -EINVAL, "%s", problem);
	if (group->wanted == IGN_FALSE) {
		user_table_remove(&accounts->group, group->name.at);
		user_table_remove(&accounts->gshadow, group->name.at);
		return 0;
	}
	r = find_or_make(accounts, group, error);
	if (r == 0 && group->password_hash.length > 0 &&
	    set_group_hash(accounts, group->name.at, group->password_hash.at) < 0)
		r = error_set(error, -ENOMEM, "out of memory");
	return r;
}

int accounts_ensure_group(struct accounts *accounts, const struct ign_group *group,
			  struct error *error)
{
	int r = ensure_group(accounts, group, error);

	if (r < 0)
		error_wrap(error, "group %.40s", group->name.at ? group->name.at : "");
	return r;
}

static int id_of(const struct user_table *table, unsigned field, const struct ign_text *name,
		 uint32_t *ret)
{
	const struct user_row *row = NULL;

	if (name->at && strlen(name->at) == name->length)
		row = user_table_find(table, name->at);
	return row && user_row_number(row, field, ret) ? 0 : -ENOENT;
}

int accounts_uid(const struct accounts *accounts, const struct ign_text *name, uint32_t *ret)
{
	return id_of(&accounts->passwd, PASSWD_UID, name, ret);
}

int accounts_gid(const struct accounts *accounts, const struct ign_text *name, uint32_t *ret)
{
	return id_of(&accounts->group, GROUP_GID, name, ret);
}

void accounts_free(struct accounts *accounts)
{
	arena_free(&accounts->arena);
	*accounts = (struct accounts){ 0 };
}
