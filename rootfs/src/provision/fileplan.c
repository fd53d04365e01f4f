// SPDX-License-Identifier: Apache-2.0
/* The order of nodes, and where they go; see filestage.h. Writes nothing. */
#include "provision/filestage.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void problems_add(struct problems *problems, const char *format, ...)
{
	char text[480];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (problems->report)
		fprintf(problems->report, "%s\n", text);
	else if (problems->count == 0)
		error_set(problems->error, -EBADMSG, "%s", text);
	problems->count++;
}

static int add(const struct file_stage *stage, struct problems *problems, struct file_plan *plan,
	       struct file_step step, const struct ign_node *node)
{
	struct error why = { 0 };
	char path[PATH_MAX];
	int r;

	if (!node->path.at || strlen(node->path.at) != node->path.length) {
		problems_add(problems, "%s: the path holds a zero byte",
			     node->path.at ? node->path.at : "");
		return 0;
	}
	if ((step.kind == NODE_LINK || step.kind == NODE_HARD_LINK) &&
	    (step.link->target.length == 0 ||
	     strlen(step.link->target.at) != step.link->target.length)) {
		problems_add(problems, "%s: the link has no target, or one with a zero byte",
			     node->path.at);
		return 0;
	}
	r = tree_resolve(&stage->tree, node->path.at, path, &why);
	if (r < 0) {
		problems_add(problems, "%s", why.text);
		return 0;
	}
	step.node = node;
	step.path = arena_copy(&plan->arena, path, strlen(path));
	step.depth = node_depth(path);
	step.order = plan->count;
	plan->steps[plan->count++] = step;
	return step.path ? 0 : -ENOMEM;
}

static int add_all(const struct file_stage *stage, struct problems *problems,
		   struct file_plan *plan)
{
	const struct ign_storage *storage = &stage->config->storage;
	int r = 0;

	for (size_t i = 0; r == 0 && i < storage->directories.count; i++) {
		struct file_step step = { .kind = NODE_DIRECTORY,
					  .directory = &storage->directories.at[i] };

		r = add(stage, problems, plan, step, &step.directory->node);
	}
	for (size_t i = 0; r == 0 && i < storage->files.count; i++) {
		struct file_step step = { .kind = NODE_FILE, .file = &storage->files.at[i] };

		r = add(stage, problems, plan, step, &step.file->node);
	}
	for (size_t i = 0; r == 0 && i < storage->links.count; i++) {
		struct file_step step = { .link = &storage->links.at[i] };

		step.kind = step.link->hard == IGN_TRUE ? NODE_HARD_LINK : NODE_LINK;
		r = add(stage, problems, plan, step, &step.link->node);
	}
	return r;
}

static int by_path(const void *a, const void *b)
{
	const struct file_step *left = a, *right = b;
	int r = strcmp(left->path, right->path);

	return r != 0 ? r : left->order < right->order ? -1 : left->order > right->order;
}

/* A hard link may lead to something deeper than it is itself. */
static int by_turn(const void *a, const void *b)
{
	const struct file_step *left = a, *right = b;
	bool left_last = left->kind == NODE_HARD_LINK, right_last = right->kind == NODE_HARD_LINK;

	if (left_last != right_last)
		return left_last ? 1 : -1;
	if (!left_last && left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

/* The step at the first length bytes of path. */
static const struct file_step *find_step(const struct file_plan *plan, const char *path,
					 size_t length)
{
	size_t low = 0, high = plan->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct file_step *step = &plan->by_path[middle];
		int r = strncmp(step->path, path, length);

		if (r == 0 && step->path[length] == '\0')
			return step;
		if (r < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool file_plan_replaces(const struct file_plan *plan, const char *path)
{
	for (size_t length = 1; path[length - 1] != '\0'; length++) {
		const struct file_step *step;

		if (path[length] != '/' && path[length] != '\0')
			continue;
		step = find_step(plan, path, length);
		if (step && step->kind == NODE_DIRECTORY && step->node->overwrite == IGN_TRUE)
			return true;
		if (path[length] == '\0')
			break;
	}
	return false;
}

/* No two at one path, none below one that is no folder. */
static void check_against_each_other(const struct file_plan *plan, struct problems *problems)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct file_step *step = &plan->by_path[i];

		if (i > 0 && strcmp(step->path, step[-1].path) == 0)
			problems_add(problems, "%s: %s of the config leads to the same place",
				     step->node->path.at, step[-1].node->path.at);
		for (const char *at = strchr(step->path + 1, '/'); at; at = strchr(at + 1, '/')) {
			const struct file_step *parent =
				find_step(plan, step->path, (size_t)(at - step->path));

			if (parent && parent->kind != NODE_DIRECTORY)
				problems_add(problems, "%s: %s of the config is no directory",
					     step->node->path.at, parent->node->path.at);
		}
	}
}

int file_plan_make(const struct file_stage *stage, struct problems *problems, struct file_plan *ret,
		   struct error *error)
{
	const struct ign_storage *storage = &stage->config->storage;
	size_t count = storage->directories.count + storage->files.count + storage->links.count;

	*ret = (struct file_plan){ 0 };
	ret->steps = arena_get(&ret->arena, count, sizeof(*ret->steps));
	ret->by_path = arena_get(&ret->arena, count, sizeof(*ret->steps));
	if (!ret->steps || !ret->by_path || add_all(stage, problems, ret) < 0) {
		file_plan_free(ret);
		return error_set(error, -ENOMEM, "out of memory");
	}
	if (ret->count > 0) {
		memcpy(ret->by_path, ret->steps, ret->count * sizeof(*ret->steps));
		qsort(ret->by_path, ret->count, sizeof(*ret->steps), by_path);
		qsort(ret->steps, ret->count, sizeof(*ret->steps), by_turn);
	}
	check_against_each_other(ret, problems);
	return 0;
}

void file_plan_free(struct file_plan *plan)
{
	arena_free(&plan->arena);
	*plan = (struct file_plan){ 0 };
}
