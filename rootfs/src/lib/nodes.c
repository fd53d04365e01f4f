// SPDX-License-Identifier: Apache-2.0
/* See nodes.h. */
#include "lib/nodes.h"
#include <string.h>

static enum node_action decide_file(const struct node_case *node_case)
{
	if (node_case->there != THERE_FILE)
		return NODE_REFUSE;
	if (node_case->contents)
		return NODE_COMPARE;
	return node_case->append ? NODE_APPEND : NODE_ADJUST;
}

enum node_action node_decide(const struct node_case *node_case)
{
	bool is_link = node_case->kind == NODE_LINK || node_case->kind == NODE_HARD_LINK;

	if (node_case->there == THERE_NOTHING)
		return NODE_CREATE;
	/* A hard link to itself cannot be replaced: removing it would remove what it leads to. */
	if (node_case->overwrite && !(node_case->kind == NODE_HARD_LINK && node_case->same))
		return NODE_REPLACE;
	if (is_link)
		return node_case->same ? NODE_KEEP : NODE_REFUSE;
	if (node_case->kind == NODE_FILE)
		return decide_file(node_case);
	return node_case->there == THERE_DIRECTORY ? NODE_ADJUST : NODE_REFUSE;
}

const char *node_refusal(const struct node_case *node_case)
{
	static const char *const texts[] = {
		[THERE_NOTHING] = "nothing is there",
		[THERE_DIRECTORY] = "a directory is there already, and overwrite is not set",
		[THERE_FILE] = "a file is there already, and overwrite is not set",
		[THERE_LINK] = "another link is there already, and overwrite is not set",
		[THERE_OTHER] = "something else is there already, and overwrite is not set",
	};

	return texts[node_case->there];
}

unsigned node_depth(const char *path)
{
	unsigned depth = 0;

	for (; *path; path++)
		depth += path[0] == '/' && path[1] != '\0' && path[1] != '/';
	return depth;
}

bool node_is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (length == 1 && folder[0] == '/')
		return path[0] == '/';
	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}
