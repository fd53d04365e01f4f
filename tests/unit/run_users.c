// SPDX-License-Identifier: Apache-2.0
/* lib/run/users: what options ask for, maps of ids. */
#include "check.h"
#include "lib/run/users.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Options with "|" between; the map of users, or what else is chosen. */
static const struct {
	const char *options;
	int result, kind;
	const char *uids, *gids;
} rows[] = {
	{ "", 0, USERS_HOST, "", "" },
	{ "--userns=host", 0, USERS_HOST, "", "" },
	{ "--userns=keep-id", 0, USERS_MAPPED, "0 0 4294967295\n", "0 0 4294967295\n" },
	{ "--userns=keep-id:uid=1,gid=2", 0, USERS_MAPPED, "0 0 4294967295\n", "0 0 4294967295\n" },
	{ "--userns=keep-id:uid=", -EINVAL, 0, NULL, NULL },
	{ "--userns=keep-id:uid=4294967296", -EINVAL, 0, NULL, NULL },
	{ "--userns=keep-id:size=3", -EOPNOTSUPP, 0, NULL, NULL },
	{ "--userns=keep-idle", -EINVAL, 0, NULL, NULL },
	{ "--userns=auto", 0, USERS_AUTO, "", "" },
	{ "--userns=auto:size=65536", 0, USERS_AUTO, "", "" },
	{ "--userns=auto:size=65537", -EINVAL, 0, NULL, NULL },
	{ "--userns=auto:size=0", -EINVAL, 0, NULL, NULL },
	{ "--userns=auto:uidmapping=0:1:2", -EOPNOTSUPP, 0, NULL, NULL },
	{ "--userns=auto:size", -EOPNOTSUPP, 0, NULL, NULL },
	{ "--userns=nomap", -EINVAL, 0, NULL, NULL },
	{ "--userns=private", -EINVAL, 0, NULL, NULL },
	{ "--userns=ns:/proc/1/ns/user", 0, USERS_JOIN, "", "" },
	{ "--userns=ns:x", -EINVAL, 0, NULL, NULL },
	{ "--userns=container:a", 0, USERS_JOIN, "", "" },
	{ "--userns=container:../a", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:1000:5", 0, USERS_MAPPED, "0 1000 5\n", "0 1000 5\n" },
	{ "--gidmap=0:1000", 0, USERS_MAPPED, "0 1000 1\n", "0 1000 1\n" },
	{ "--uidmap=0:1:1|--uidmap=5:9:2|--gidmap=0:7:1", 0, USERS_MAPPED, "0 1 1\n5 9 2\n",
	  "0 7 1\n" },
	{ "--userns=private|--uidmap=0:1:1", 0, USERS_MAPPED, "0 1 1\n", "0 1 1\n" },
	{ "--userns=auto|--uidmap=0:1:1", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:1:0", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=+0:1:1", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:@1:1", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:1:1:1", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=4294967290:1:6", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:1000:10|--uidmap=9:5000:1", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:1000:10|--uidmap=20:1009:1", -EINVAL, 0, NULL, NULL },
};

static void check_choice(size_t row, struct arena *arena)
{
	char text[256], *words[8], *at = text;
	size_t count = 0;
	struct run_options options;
	struct users_choice choice;
	struct error error = { 0 };
	char uids[USERS_TEXT_BYTES], gids[USERS_TEXT_BYTES];
	const char *name = rows[row].options;

	snprintf(text, sizeof(text), "%s%s--name=c|image", name, *name ? "|" : "");
	while ((words[count] = strsep(&at, "|")))
		count++;
	CHECK_NUMBER(name, run_options_parse(RUN_CONTAINER, words, count, arena, &options, &error),
		     0);
	CHECK_NUMBER(name, users_choose(&options, &choice, &error), rows[row].result);
	if (rows[row].result < 0)
		return;
	users_map_text(&choice.uids, uids);
	users_map_text(&choice.gids, gids);
	CHECK_NUMBER(name, choice.kind, rows[row].kind);
	CHECK_TEXT(name, uids, rows[row].uids);
	CHECK_TEXT(name, gids, rows[row].gids);
}

static void check_maps(void)
{
	static const char *const damaged[] = { "x 1 2",       "0 1",    "0",
					       "0 1 2 3 x",   "0 1 -1", "0 4294967296 1",
					       "0 0 1\n0 5 1" };
	struct users_map map;
	char text[USERS_TEXT_BYTES];

	CHECK_NUMBER(
		"kernel's",
		users_map_parse("         0     524288      65536\n     70000  5  1\n", &map, NULL),
		0);
	users_map_text(&map, text);
	CHECK_TEXT("kernel's", text, "0 524288 65536\n70000 5 1\n");
	CHECK_NUMBER("inside", users_outside(&map, 7), 524295);
	CHECK_NUMBER("last", users_outside(&map, 65535), 589823);
	CHECK_NUMBER("none", users_outside(&map, 65536), USERS_NOBODY);
	CHECK_NUMBER("second", users_outside(&map, 70000), 5);
	CHECK("others", !users_is_identity(&map));
	CHECK_NUMBER("empty", users_map_parse("", &map, NULL), 0);
	CHECK_NUMBER("without a map", users_outside(&map, 12), 12);
	CHECK("without a map", users_is_identity(&map));
	for (size_t i = 0; i < ROWS(damaged); i++)
		CHECK(damaged[i], users_map_parse(damaged[i], &map, NULL) < 0);
}

SUITE(run_users)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++)
		check_choice(i, &arena);
	check_maps();
	CHECK("blocks", users_first_block("container:a") < USERS_BLOCKS);
	CHECK("blocks", users_first_block("container:a") != users_first_block("container:b"));
	arena_free(&arena);
}
