// SPDX-License-Identifier: Apache-2.0
/* Between accounts.c and accountusers.c: ids, and the row of a group. */
#pragma once
#include "lib/accounts.h"

struct id_range {
	uint32_t first, last;
};

/* An id that no row has in that field; -ENOSPC. */
int account_free_id(const struct user_table *table, unsigned field, bool system, uint32_t *ret,
		    struct error *error);

/* The id that a config gives. -EINVAL, -EEXIST: a row of another name has it. */
int account_given_id(const struct user_table *table, unsigned field, const struct ign_integer *id,
		     const char *name, uint32_t *ret, struct error *error);

/* A group without members; -ENOMEM. */
int account_make_group(struct accounts *accounts, const char *name, uint32_t gid);

/* NULL, or why the text cannot be a field of a table. */
const char *account_field_problem(const struct ign_text *text);
