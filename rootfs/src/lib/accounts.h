// SPDX-License-Identifier: Apache-2.0
/*
 * Users and groups as a config wants them, done to the four tables of usertable.h in memory (spec
 * 3.6, section passwd). What the reference implementation leaves to useradd, usermod, userdel,
 * groupadd and groupdel is decided here, by the same rules, but for one: a user's own group may be
 * there already, since a run that was cut may have made it.
 */
#pragma once
#include "lib/error.h"
#include "lib/ignition/config.h"
#include "lib/usertable.h"

#define ACCOUNT_NAME_MAX 32

/* The tables, and what holds their texts. Starts as all zeros, ends with accounts_free. */
struct accounts {
	struct arena arena;
	struct user_table passwd, shadow, group, gshadow;
	bool has_gshadow; /* this system keeps one; if not, none is made */
};

/* What making a user true leaves to be done on disk. Texts are the arena's. */
struct account_change {
	uint32_t uid, gid;
	const char *home;     /* where it is now */
	const char *old_home; /* it was elsewhere; NULL: it was not */
	bool made;            /* the user is new */
	bool removed;         /* the user was there: home is what it had */
};

/* Ids are given from 1000 to 60000, above the highest that is in use; those of system users and
 * groups from 201 to 999, the lowest that is free: systemd-sysusers, with which images are made,
 * begins at the other end. No id is given that is in use.
 * Errors: -EINVAL (a name or field that would break the files), -EEXIST (id in use), -ENOENT (no
 * such group), -ENOSPC (no id left), -ENOMEM. The tables may be half changed then. */
int accounts_ensure_group(struct accounts *accounts, const struct ign_group *group,
			  struct error *error);

/* today_days: since 1970, for the shadow row of a new user; 0: not known, left empty. */
int accounts_ensure_user(struct accounts *accounts, const struct ign_user *user,
			 unsigned today_days, struct account_change *ret, struct error *error);

/* Ids of names. -ENOENT. */
int accounts_uid(const struct accounts *accounts, const struct ign_text *name, uint32_t *ret);
int accounts_gid(const struct accounts *accounts, const struct ign_text *name, uint32_t *ret);

/* NULL, or why no user and no group can have that name. */
const char *account_name_problem(const struct ign_text *name);

void accounts_free(struct accounts *accounts);
