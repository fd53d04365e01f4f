// SPDX-License-Identifier: Apache-2.0
#include "lib/accounts.h"
#include "check.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWD "root:x:0:0:root:/root:/bin/sh\ncore:x:1005:1005::/home/core:/bin/sh\n"
#define SHADOW "root:*::::::\ncore:*::::::\n"
#define GROUP "root:x:0:\nwheel:x:10:core\nusers:x:100:\ncore:x:1005:\ndocker:x:201:\n"
#define GSHADOW "wheel:!::core\n"
#define TEXT(literal) { literal, sizeof(literal) - 1 }
#define NEW_SHADOW "a:*:20000:0:99999:7:::\n"

static void open_accounts(struct accounts *ret, bool has_gshadow)
{
	const char *gshadow = has_gshadow ? GSHADOW : "";

	*ret = (struct accounts){ .has_gshadow = has_gshadow };
	user_table_parse(PASSWD, strlen(PASSWD), PASSWD_FIELDS, &ret->arena, &ret->passwd);
	user_table_parse(SHADOW, strlen(SHADOW), SHADOW_FIELDS, &ret->arena, &ret->shadow);
	user_table_parse(GROUP, strlen(GROUP), GROUP_FIELDS, &ret->arena, &ret->group);
	user_table_parse(gshadow, strlen(gshadow), GSHADOW_FIELDS, &ret->arena, &ret->gshadow);
}

static void check_table(const char *row, const struct user_table *table, const char *want)
{
	char *got = NULL;

	user_table_format(table, &got);
	CHECK_TEXT(row, got ? got : "", want);
	free(got);
}

static const struct {
	const char *name;
	struct ign_group group;
	int code;
	const char *want, *gshadow; /* the tables then; NULL: as before */
} groups[] = {
	{ "new", { .name = TEXT("a") }, 0, GROUP "a:x:1006:\n", GSHADOW "a:!::\n" },
	{ "system, the lowest free id",
	  { .name = TEXT("a"), .system = IGN_TRUE },
	  0,
	  GROUP "a:x:202:\n",
	  GSHADOW "a:!::\n" },
	{ "with an id",
	  { .name = TEXT("a"), .gid = { 77, 1 } },
	  0,
	  GROUP "a:x:77:\n",
	  GSHADOW "a:!::\n" },
	{ "with a password",
	  { .name = TEXT("a"), .password_hash = TEXT("$6$x") },
	  0,
	  GROUP "a:x:1006:\n",
	  GSHADOW "a:$6$x::\n" },
	{ "there already", { .name = TEXT("wheel") }, 0, NULL, NULL },
	{ "there with that id", { .name = TEXT("wheel"), .gid = { 10, 1 } }, 0, NULL, NULL },
	{ "there with another id",
	  { .name = TEXT("wheel"), .gid = { 11, 1 } },
	  -EEXIST,
	  NULL,
	  NULL },
	{ "id of another", { .name = TEXT("a"), .gid = { 10, 1 } }, -EEXIST, NULL, NULL },
	{ "id of nobody", { .name = TEXT("a"), .gid = { UINT32_MAX, 1 } }, -EINVAL, NULL, NULL },
	{ "removed",
	  { .name = TEXT("wheel"), .wanted = IGN_FALSE },
	  0,
	  "root:x:0:\nusers:x:100:\ncore:x:1005:\ndocker:x:201:\n",
	  "" },
	{ "removed, not there", { .name = TEXT("a"), .wanted = IGN_FALSE }, 0, NULL, NULL },
	{ "a name with a colon", { .name = TEXT("a:b") }, -EINVAL, NULL, NULL },
	{ "a password with a newline",
	  { .name = TEXT("a"), .password_hash = TEXT("x\nroot::0:") },
	  -EINVAL,
	  NULL,
	  NULL },
};

static void check_groups(void)
{
	for (size_t i = 0; i < ROWS(groups); i++) {
		struct accounts accounts;

		open_accounts(&accounts, true);
		CHECK_NUMBER(groups[i].name,
			     accounts_ensure_group(&accounts, &groups[i].group, NULL),
			     groups[i].code);
		check_table(groups[i].name, &accounts.group,
			    groups[i].want ? groups[i].want : GROUP);
		check_table(groups[i].name, &accounts.gshadow,
			    groups[i].gshadow ? groups[i].gshadow : GSHADOW);
		accounts_free(&accounts);
	}
}

static struct ign_text wheel_and_docker[] = { TEXT("wheel"), TEXT("docker") };
static struct ign_text no_such[] = { TEXT("sudo") };

static const struct {
	const char *name;
	struct ign_user user;
	int code;
	const char *passwd, *group, *shadow; /* what is added, or, after a "=", all of it */
} users[] = {
	{ "new",
	  { .name = TEXT("a") },
	  0,
	  "a:x:1006:1006::/home/a:/bin/sh\n",
	  "a:x:1006:\n",
	  NEW_SHADOW },
	{ "everything",
	  { .name = TEXT("a"),
	    .uid = { 2000, 1 },
	    .gecos = TEXT("A B"),
	    .home = TEXT("/var/a"),
	    .shell = TEXT("/bin/false"),
	    .password_hash = TEXT("$6$x"),
	    .primary_group = TEXT("users") },
	  0,
	  "a:x:2000:100:A B:/var/a:/bin/false\n",
	  "",
	  "a:$6$x:20000:0:99999:7:::\n" },
	{ "system",
	  { .name = TEXT("a"), .system = IGN_TRUE },
	  0,
	  "a:x:201:202::/home/a:/bin/sh\n",
	  "a:x:202:\n",
	  NEW_SHADOW },
	{ "primary group by number",
	  { .name = TEXT("a"), .primary_group = TEXT("10") },
	  0,
	  "a:x:1006:10::/home/a:/bin/sh\n",
	  "",
	  NEW_SHADOW },
	{ "no group of its own",
	  { .name = TEXT("a"), .no_user_group = IGN_TRUE },
	  0,
	  "a:x:1006:100::/home/a:/bin/sh\n",
	  "",
	  NEW_SHADOW },
	{ "its group is there already",
	  { .name = TEXT("docker") },
	  0,
	  "docker:x:1006:201::/home/docker:/bin/sh\n",
	  "",
	  "docker:*:20000:0:99999:7:::\n" },
	{ "in groups",
	  { .name = TEXT("a"), .groups = { wheel_and_docker, 2 } },
	  0,
	  "a:x:1006:1006::/home/a:/bin/sh\n",
	  "=root:x:0:\nwheel:x:10:core,a\nusers:x:100:\ncore:x:1005:\ndocker:x:201:a\na:x:1006:\n",
	  NEW_SHADOW },
	{ "in a group that is not",
	  { .name = TEXT("a"), .groups = { no_such, 1 } },
	  -ENOENT,
	  "",
	  "",
	  "" },
	{ "primary group that is not",
	  { .name = TEXT("a"), .primary_group = TEXT("b") },
	  -ENOENT,
	  "",
	  "",
	  "" },
	{ "id of another", { .name = TEXT("a"), .uid = { 0, 1 } }, -EEXIST, "", "", "" },
	{ "changed: groups take the place of others",
	  { .name = TEXT("core"), .groups = { wheel_and_docker + 1, 1 } },
	  0,
	  "",
	  "=root:x:0:\nwheel:x:10:\nusers:x:100:\ncore:x:1005:\ndocker:x:201:core\n",
	  "" },
	{ "changed: password and shell",
	  { .name = TEXT("root"), .password_hash = TEXT("$6$x"), .shell = TEXT("/bin/x") },
	  0,
	  "=root:x:0:0:root:/root:/bin/x\ncore:x:1005:1005::/home/core:/bin/sh\n",
	  "",
	  "=root:$6$x:::::::\ncore:*::::::\n" },
	{ "an empty hash locks",
	  { .name = TEXT("core"), .password_hash = TEXT("") },
	  0,
	  "",
	  "",
	  "" },
	{ "removed",
	  { .name = TEXT("core"), .wanted = IGN_FALSE },
	  0,
	  "=root:x:0:0:root:/root:/bin/sh\n",
	  "=root:x:0:\nwheel:x:10:\nusers:x:100:\ndocker:x:201:\n",
	  "=root:*::::::\n" },
	{ "removed, not there", { .name = TEXT("a"), .wanted = IGN_FALSE }, 0, "", "", "" },
	{ "a colon in gecos", { .name = TEXT("a"), .gecos = TEXT("a:0:0") }, -EINVAL, "", "", "" },
	{ "a newline in gecos",
	  { .name = TEXT("a"), .gecos = TEXT("a\nb::0:0") },
	  -EINVAL,
	  "",
	  "",
	  "" },
	{ "a zero byte in the shell",
	  { .name = TEXT("a"), .shell = TEXT("/b\0c") },
	  -EINVAL,
	  "",
	  "",
	  "" },
	{ "a home that is not absolute",
	  { .name = TEXT("a"), .home = TEXT("a") },
	  -EINVAL,
	  "",
	  "",
	  "" },
};

static void check_added(const char *row, const struct user_table *table, const char *before,
			const char *added)
{
	char want[1024];

	if (added[0] == '=')
		strcpy(want, added + 1);
	else
		snprintf(want, sizeof(want), "%s%s", before, added);
	check_table(row, table, want);
}

static void check_users(void)
{
	for (size_t i = 0; i < ROWS(users); i++) {
		struct account_change change;
		struct accounts accounts;

		open_accounts(&accounts, false);
		CHECK_NUMBER(users[i].name,
			     accounts_ensure_user(&accounts, &users[i].user, 20000, &change, NULL),
			     users[i].code);
		if (users[i].code == 0) {
			check_added(users[i].name, &accounts.passwd, PASSWD, users[i].passwd);
			check_added(users[i].name, &accounts.group, GROUP, users[i].group);
			check_added(users[i].name, &accounts.shadow, SHADOW, users[i].shadow);
			check_table(users[i].name, &accounts.gshadow, "");
		}
		accounts_free(&accounts);
	}
}

/* What is left to do on disk. */
static void check_changes(void)
{
	static const struct ign_user moved = { .name = TEXT("core"), .home = TEXT("/var/core") };
	static const struct ign_user made = { .name = TEXT("a") };
	static const struct ign_user gone = { .name = TEXT("core"), .wanted = IGN_FALSE };
	struct account_change change;
	struct accounts accounts;

	open_accounts(&accounts, false);
	accounts_ensure_user(&accounts, &made, 0, &change, NULL);
	CHECK("made", change.made && change.uid == 1006 && change.gid == 1006);
	CHECK_TEXT("made: home", change.home, "/home/a");
	CHECK_TEXT("the day is not known",
		   user_table_find(&accounts.shadow, "a")->fields[SHADOW_CHANGED_DAYS], "");
	accounts_ensure_user(&accounts, &moved, 0, &change, NULL);
	CHECK_TEXT("moved: from", change.old_home ? change.old_home : "", "/home/core");
	CHECK_TEXT("moved: to", change.home, "/var/core");
	accounts_ensure_user(&accounts, &gone, 0, &change, NULL);
	CHECK("removed", change.removed && change.uid == 1005);
	CHECK_TEXT("removed: home", change.home, "/var/core");
	accounts_free(&accounts);
}

static const struct {
	const char *row;
	struct ign_text name;
	bool good;
} names[] = {
	{ "plain", TEXT("a_b-c.d9"), true },
	{ "a $ at the end", TEXT("host$"), true },
	{ "a $ inside", TEXT("a$b"), false },
	{ "empty", TEXT(""), false },
	{ "a leading dash", TEXT("-a"), false },
	{ "a leading dot", TEXT(".a"), false },
	{ "a number", TEXT("1000"), false },
	{ "begins with a digit", TEXT("9a"), true },
	{ "a colon", TEXT("a:b"), false },
	{ "a newline", TEXT("a\n"), false },
	{ "a slash", TEXT("a/b"), false },
	{ "a comma", TEXT("a,b"), false },
	{ "a zero byte", TEXT("a\0b"), false },
	{ "32 bytes", TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), true },
	{ "33 bytes", TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), false },
};

/* Ids run out at the end of their range only. */
static void check_ids(void)
{
	static const struct ign_user last = { .name = TEXT("last"), .uid = { 60000, 1 } };
	static const struct ign_user next = { .name = TEXT("next") };
	struct account_change change;
	struct accounts accounts;

	open_accounts(&accounts, false);
	accounts_ensure_user(&accounts, &last, 0, &change, NULL);
	CHECK_NUMBER("behind the last", accounts_ensure_user(&accounts, &next, 0, &change, NULL),
		     0);
	CHECK_NUMBER("comes the first that is free", change.uid, 1000);
	accounts_free(&accounts);
}

SUITE(accounts)
{
	check_groups();
	check_users();
	check_changes();
	check_ids();
	for (size_t i = 0; i < ROWS(names); i++)
		CHECK_NUMBER(names[i].row, !account_name_problem(&names[i].name), names[i].good);
}
