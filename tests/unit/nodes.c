// SPDX-License-Identifier: Apache-2.0
#include "lib/nodes.h"
#include "check.h"

/* The truth table: what is at the path, overwrite, and what the config gives. */
static const struct {
	const char *name;
	struct node_case node_case;
	enum node_action want;
} cases[] = {
	{ "directory, free", { NODE_DIRECTORY, THERE_NOTHING, .overwrite = false }, NODE_CREATE },
	{ "directory, there",
	  { NODE_DIRECTORY, THERE_DIRECTORY, .overwrite = false },
	  NODE_ADJUST },
	{ "directory, anew", { NODE_DIRECTORY, THERE_DIRECTORY, .overwrite = true }, NODE_REPLACE },
	{ "directory, a file there",
	  { NODE_DIRECTORY, THERE_FILE, .overwrite = false },
	  NODE_REFUSE },
	{ "directory, a link there",
	  { NODE_DIRECTORY, THERE_LINK, .overwrite = false },
	  NODE_REFUSE },
	{ "directory instead of a link",
	  { NODE_DIRECTORY, THERE_LINK, .overwrite = true },
	  NODE_REPLACE },
	{ "file, free",
	  { NODE_FILE, THERE_NOTHING, .overwrite = false, .contents = true },
	  NODE_CREATE },
	{ "file without contents, free",
	  { NODE_FILE, THERE_NOTHING, .overwrite = false },
	  NODE_CREATE },
	{ "file, there",
	  { NODE_FILE, THERE_FILE, .overwrite = false, .contents = true },
	  NODE_COMPARE },
	{ "file, anew",
	  { NODE_FILE, THERE_FILE, .overwrite = true, .contents = true },
	  NODE_REPLACE },
	{ "file without contents, there",
	  { NODE_FILE, THERE_FILE, .overwrite = false },
	  NODE_ADJUST },
	{ "append", { NODE_FILE, THERE_FILE, .overwrite = false, .append = true }, NODE_APPEND },
	{ "contents and append",
	  { NODE_FILE, THERE_FILE, .overwrite = false, .contents = true, .append = true },
	  NODE_COMPARE },
	{ "append to a directory", { NODE_FILE, THERE_DIRECTORY, .append = true }, NODE_REFUSE },
	{ "append to a link", { NODE_FILE, THERE_LINK, .append = true }, NODE_REFUSE },
	{ "file, a device there", { NODE_FILE, THERE_OTHER, .contents = true }, NODE_REFUSE },
	{ "file instead of a directory",
	  { NODE_FILE, THERE_DIRECTORY, .overwrite = true, .contents = true },
	  NODE_REPLACE },
	{ "link, free", { NODE_LINK, THERE_NOTHING, .overwrite = false }, NODE_CREATE },
	{ "link, the same", { NODE_LINK, THERE_LINK, .same = true }, NODE_KEEP },
	{ "link, another", { NODE_LINK, THERE_LINK, .same = false }, NODE_REFUSE },
	{ "link, the same, anew",
	  { NODE_LINK, THERE_LINK, .overwrite = true, .same = true },
	  NODE_REPLACE },
	{ "link, a file there", { NODE_LINK, THERE_FILE, .overwrite = false }, NODE_REFUSE },
	{ "link instead of a file", { NODE_LINK, THERE_FILE, .overwrite = true }, NODE_REPLACE },
	{ "hard link, free", { NODE_HARD_LINK, THERE_NOTHING, .overwrite = false }, NODE_CREATE },
	{ "hard link, the same", { NODE_HARD_LINK, THERE_FILE, .same = true }, NODE_KEEP },
	{ "hard link, the same, anew",
	  { NODE_HARD_LINK, THERE_FILE, .overwrite = true, .same = true },
	  NODE_KEEP },
	{ "hard link, another file",
	  { NODE_HARD_LINK, THERE_FILE, .overwrite = false },
	  NODE_REFUSE },
	{ "hard link instead of a file",
	  { NODE_HARD_LINK, THERE_FILE, .overwrite = true },
	  NODE_REPLACE },
};

static const struct {
	const char *path, *folder;
	bool want;
} below[] = {
	{ "/a", "/", true },     { "/", "/", true },      { "/a", "/a", true },
	{ "/a/b", "/a", true },  { "/ab", "/a", false },  { "/", "/a", false },
	{ "/a", "/a/b", false }, { "/b/a", "/a", false },
};

SUITE(nodes)
{
	for (size_t i = 0; i < ROWS(cases); i++)
		CHECK_NUMBER(cases[i].name, node_decide(&cases[i].node_case), cases[i].want);
	for (size_t i = 0; i < ROWS(below); i++)
		CHECK_NUMBER(below[i].path, node_is_below(below[i].path, below[i].folder),
			     below[i].want);
	CHECK_NUMBER("the root", node_depth("/"), 0);
	CHECK_NUMBER("one", node_depth("/a"), 1);
	CHECK_NUMBER("three", node_depth("/a/bc/d"), 3);
}
