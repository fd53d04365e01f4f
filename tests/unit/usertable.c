// SPDX-License-Identifier: Apache-2.0
#include "lib/usertable.h"
#include "check.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *text, *want; /* want NULL: as text */
	size_t count;
} texts[] = {
	{ "empty", "", NULL, 0 },
	{ "one row", "root:x:0:\n", NULL, 1 },
	{ "no newline at the end", "root:x:0:", "root:x:0:\n", 1 },
	{ "a comment, an empty line", "# a:b:c:d\n\nroot:x:0:\n", NULL, 3 },
	{ "too few and too many fields", "a:x:1\nb:x:2::\nc:x:3:\n", NULL, 3 },
	{ "no name", ":x:0:\n+:::\n", NULL, 2 },
	{ "a carriage return is part of a field", "root:x:0:a\r\n", NULL, 1 },
};

static void check_texts(void)
{
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct arena arena = { 0 };
		struct user_table table;
		char *got = NULL;

		CHECK_NUMBER(texts[i].name,
			     user_table_parse(texts[i].text, strlen(texts[i].text), GROUP_FIELDS,
					      &arena, &table),
			     0);
		CHECK_NUMBER(texts[i].name, table.count, texts[i].count);
		CHECK_NUMBER(texts[i].name, user_table_format(&table, &got), 0);
		CHECK_TEXT(texts[i].name, got, texts[i].want ? texts[i].want : texts[i].text);
		free(got);
		arena_free(&arena);
	}
}

/* Such as an image may come with. */
static void check_short_shadow(void)
{
	static const char text[] = "root:*::::::\ncore:*\nbad\n";
	struct arena arena = { 0 };
	struct user_table table;
	struct user_row *row;
	char *got = NULL;

	user_table_parse(text, strlen(text), SHADOW_FIELDS, &arena, &table);
	row = user_table_find(&table, "core");
	CHECK("a row with two fields", row);
	CHECK_NUMBER("can be changed", user_table_set(&table, row, SHADOW_HASH, "$6$x"), 0);
	user_table_format(&table, &got);
	CHECK_TEXT("and is whole then", got, "root:*::::::\ncore:$6$x:::::::\nbad\n");
	free(got);
	arena_free(&arena);
}

static void check_limits(void)
{
	struct arena arena = { 0 };
	struct user_table table;
	char *large = malloc(USERTABLE_BYTES_MAX + 1);

	memset(large, '\n', USERTABLE_BYTES_MAX + 1);
	CHECK_NUMBER("as large as it may be",
		     user_table_parse(large, USERTABLE_BYTES_MAX, GROUP_FIELDS, &arena, &table), 0);
	CHECK_NUMBER("a byte more",
		     user_table_parse(large, USERTABLE_BYTES_MAX + 1, GROUP_FIELDS, &arena, &table),
		     -EFBIG);
	CHECK_NUMBER("a zero byte", user_table_parse("a\0b", 3, GROUP_FIELDS, &arena, &table),
		     -EBADMSG);
	free(large);
	arena_free(&arena);
}

static const struct {
	const char *name, *list, *member, *added, *removed;
} members[] = {
	{ "into an empty list", "", "a", "a", "" },
	{ "at the end", "a", "b", "a,b", "a" },
	{ "there already", "a,b", "b", "a,b", "a" },
	{ "the first of some", "a,b,c", "a", "a,b,c", "b,c" },
	{ "one in between", "a,b,c", "b", "a,b,c", "a,c" },
	{ "a part of a name", "ab,bc", "b", "ab,bc,b", "ab,bc" },
	{ "twice", "a,b,a", "a", "a,b,a", "b" },
	{ "twice, alone", "a,a", "a", "a,a", "" },
};

static void check_members(void)
{
	for (size_t i = 0; i < ROWS(members); i++) {
		struct arena arena = { 0 };
		struct user_table table;
		struct user_row *row;
		const char *member = members[i].member;

		user_table_parse("", 0, GROUP_FIELDS, &arena, &table);
		row = user_table_add(&table, "group");
		user_table_set(&table, row, GROUP_MEMBERS, members[i].list);
		CHECK_NUMBER(members[i].name,
			     user_table_add_member(&table, row, GROUP_MEMBERS, member), 0);
		CHECK_TEXT(members[i].name, row->fields[GROUP_MEMBERS], members[i].added);
		CHECK_NUMBER(members[i].name,
			     user_table_remove_member(&table, row, GROUP_MEMBERS, member), 0);
		CHECK_TEXT(members[i].name, row->fields[GROUP_MEMBERS], members[i].removed);
		arena_free(&arena);
	}
}

static void check_rows(void)
{
	static const char text[] = "a:x:1:\nb:x:2:\na:x:3:\nc:x:4294967295:\nd:x:-1:\n";
	struct arena arena = { 0 };
	struct user_table table;
	uint32_t number = 0;

	user_table_parse(text, strlen(text), GROUP_FIELDS, &arena, &table);
	CHECK("the first of a name", user_table_find(&table, "a") == &table.rows[0]);
	CHECK("none of that name", !user_table_find(&table, "e"));
	CHECK("by number", user_table_find_number(&table, GROUP_GID, 3) == &table.rows[2]);
	CHECK("-1 is nobody's", !user_row_number(&table.rows[3], GROUP_GID, &number));
	CHECK("nor is a negative one", !user_row_number(&table.rows[4], GROUP_GID, &number));
	user_table_set(&table, &table.rows[0], GROUP_HASH, "x");
	CHECK("setting what is there changes nothing", !table.changed);
	user_table_remove(&table, "e");
	CHECK("nor does removing what is not", !table.changed);
	user_table_remove(&table, "a");
	CHECK_NUMBER("every row of a name goes", table.count, 3);
	CHECK("which is a change", table.changed);
	for (int i = 0; i < 1000; i++)
		user_table_add(&table, "n");
	CHECK_TEXT("rows survive growth", table.rows[0].fields[0], "b");
	arena_free(&arena);
}

SUITE(usertable)
{
	check_texts();
	check_limits();
	check_short_shadow();
	check_members();
	check_rows();
}
