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
	{ "--userns=auto:uidmapping=0:1:2,size=9,uidmapping=5:7,gidmapping=3:3:1", 0, USERS_AUTO,
	  "0 1 2\n5 7 1\n", "3 3 1\n" },
	{ "--userns=auto:uidmapping=0", -EINVAL, 0, NULL, NULL },
	{ "--userns=auto:uidmapping=0:1:2,uidmapping=1:9:1", -EINVAL, 0, NULL, NULL },
	{ "--userns=auto:size=1x", -EINVAL, 0, NULL, NULL },
	{ "--subuidname=a", 0, USERS_NAMED, "", "" },
	{ "--userns=private|--subgidname=a", 0, USERS_NAMED, "", "" },
	{ "--userns=auto|--subgidname=a", -EINVAL, 0, NULL, NULL },
	{ "--uidmap=0:1:1|--subuidname=a", -EINVAL, 0, NULL, NULL },
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

/* Of a name in the text: the map, or NULL with the result. */
static const struct {
	const char *text, *map;
	int result;
} named[] = {
	{ "a:1000:5\n", "0 1000 5\n", 0 },
	{ "ab:1:1\nb:2:1\na:9000:10\nx\n\na:500:7", "0 500 7\n7 9000 10\n", 0 },
	{ "", NULL, -ENOENT },
	{ "ab:1:1\nA:2:2\n", NULL, -ENOENT },
	{ "a:1000\n", NULL, -EBADMSG },
	{ "a:1000\n5:2", NULL, -EBADMSG },
	{ "a:-1:5\n", NULL, -EBADMSG },
	{ "a:1:2:3\n", NULL, -EBADMSG },
	{ "a:5:0\n", NULL, -EINVAL },
	{ "a:4294967295:2\n", NULL, -EINVAL },
	{ "a:1:10\na:10:1\n", NULL, -EINVAL },
	{ "a:1:4294967290\na:4294967291:4\na:4294967295:5\n", NULL, -EINVAL },
};

static void check_names(void)
{
	struct users_map map;
	char text[USERS_TEXT_BYTES], many[1000] = "";

	for (size_t i = 0; i < ROWS(named); i++) {
		CHECK_NUMBER(named[i].text, users_map_of_name(named[i].text, "a", &map, NULL),
			     named[i].result);
		users_map_text(&map, text);
		if (named[i].map)
			CHECK_TEXT(named[i].text, text, named[i].map);
	}
	for (size_t i = 0; i <= USERS_RANGES_MAX; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "a:%zu:1\n", i);
	CHECK_NUMBER("many", users_map_of_name(many, "a", &map, NULL), -E2BIG);
}

/* Ranges that are given, how many ids are to have one, the map then. */
static const struct {
	const char *given[3];
	uint32_t count;
	const char *map;
} filled[] = {
	{ { NULL }, 10, "0 5000 10\n" },
	{ { "0:1:10" }, 10, "0 1 10\n" },
	{ { "0:1:3" }, 10, "0 1 3\n3 5003 7\n" },
	{ { "8:1:2", "3:90:1" }, 10, "8 1 2\n3 90 1\n0 5000 3\n4 5004 4\n" },
	{ { "9:1:5", "100:200:1" }, 10, "9 1 5\n100 200 1\n0 5000 9\n" },
	{ { "5:5:5", "0:0:5" }, 10, "5 5 5\n0 0 5\n" },
	{ { "0:5003:1" }, 10, NULL }, /* the block's ids are given to two */
};

static void check_filled(void)
{
	for (size_t i = 0; i < ROWS(filled); i++) {
		struct users_map map = { 0 };
		char text[USERS_TEXT_BYTES];
		int r;

		for (size_t k = 0; k < 3 && filled[i].given[k]; k++)
			CHECK_NUMBER(filled[i].given[k],
				     users_map_add_text(&map, filled[i].given[k], NULL), 0);
		r = users_map_fill(&map, 5000, filled[i].count, NULL);
		CHECK_NUMBER("filled", r, filled[i].map ? 0 : -EINVAL);
		users_map_text(&map, text);
		if (filled[i].map)
			CHECK_TEXT(filled[i].map, text, filled[i].map);
	}
}

SUITE(run_users)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++)
		check_choice(i, &arena);
	check_maps();
	check_names();
	check_filled();
	CHECK("blocks", users_first_block("container:a") < USERS_BLOCKS);
	CHECK("blocks", users_first_block("container:a") != users_first_block("container:b"));
	arena_free(&arena);
}
