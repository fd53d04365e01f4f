// SPDX-License-Identifier: Apache-2.0
/*
 * The files that say who is a user and a group (passwd(5), shadow(5), group(5), gshadow(5)): lines
 * of fields with a colon between them, the first of which is a name. Nothing here looks outside. A
 * line of another form (a comment, one with too few fields) is nobody's; it is kept as it is, as is
 * every line that nothing changes. In shadow(5), fields may be missing at the end.
 */
#pragma once
#include "lib/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USERTABLE_BYTES_MAX (4 << 20)
#define USERTABLE_FIELDS_MAX 9

enum {
	PASSWD_NAME,
	PASSWD_HASH,
	PASSWD_UID,
	PASSWD_GID,
	PASSWD_GECOS,
	PASSWD_HOME,
	PASSWD_SHELL,
	PASSWD_FIELDS
};
enum {
	SHADOW_NAME,
	SHADOW_HASH,
	SHADOW_CHANGED_DAYS,
	SHADOW_MIN_DAYS,
	SHADOW_MAX_DAYS,
	SHADOW_WARN_DAYS,
	SHADOW_FIELDS = 9
};
enum { GROUP_NAME, GROUP_HASH, GROUP_GID, GROUP_MEMBERS, GROUP_FIELDS };
enum { GSHADOW_NAME, GSHADOW_HASH, GSHADOW_ADMINS, GSHADOW_MEMBERS, GSHADOW_FIELDS };

struct user_row {
	const char *line;                         /* as it was read; NULL: new, or changed */
	const char *fields[USERTABLE_FIELDS_MAX]; /* NULL: it is of another form */
};

/* All memory is the arena's. */
struct user_table {
	struct arena *arena;
	struct user_row *rows;
	size_t count, room;
	unsigned fields; /* of each row */
	bool changed;    /* since it was read */
};

/* fields: how many a row has. -EFBIG: larger than USERTABLE_BYTES_MAX; -EBADMSG: holds zero bytes;
 * -ENOMEM. */
int user_table_parse(const char *text, size_t size, unsigned fields, struct arena *arena,
		     struct user_table *ret);

/* The first row of that name, or NULL; valid until a row is added or removed. */
struct user_row *user_table_find(const struct user_table *table, const char *name);

/* The first row whose field is that number, or NULL. */
struct user_row *user_table_find_number(const struct user_table *table, unsigned field,
					uint32_t number);

/* A field as a number: an id below 2^32 - 1. Returns whether it is one. */
bool user_row_number(const struct user_row *row, unsigned field, uint32_t *ret);

/* Copies the text, unless the field holds it already. -ENOMEM. */
int user_table_set(struct user_table *table, struct user_row *row, unsigned field,
		   const char *text);

/* A row at the end with that name and nothing else; NULL: no memory. */
struct user_row *user_table_add(struct user_table *table, const char *name);

/* Every row of that name. */
void user_table_remove(struct user_table *table, const char *name);

/* Into and out of a list with commas in a row's field; a row of another form has none. -ENOMEM. */
int user_table_add_member(struct user_table *table, struct user_row *row, unsigned field,
			  const char *name);
int user_table_remove_member(struct user_table *table, struct user_row *row, unsigned field,
			     const char *name);

/* As a text with a newline at each end of a line, of new memory; the caller frees it. -ENOMEM. */
int user_table_format(const struct user_table *table, char **ret);
