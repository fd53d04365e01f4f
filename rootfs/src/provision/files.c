// SPDX-License-Identifier: Apache-2.0
/* The files stage (stages.h): users, nodes, units, in the reference implementation's order. */
#include "provision/filecheck.h"
#include "provision/filestage.h"
#include "provision/stages.h"
#include <errno.h>

static void close_stage(struct file_stage *stage)
{
	file_stage_close(stage);
}
#define AUTO_STAGE __attribute__((cleanup(close_stage))) struct file_stage
#define AUTO_PLAN __attribute__((cleanup(file_plan_free))) struct file_plan

int files_check(const struct ign_config *config, const char *root, FILE *report,
		struct error *error)
{
	AUTO_STAGE stage = { .config = config, .root = root, .tree = { -1 } };
	AUTO_PLAN plan = { 0 };
	struct problems problems = { .report = report };
	int r = file_stage_open(&stage, &problems, error);

	if (r == 0)
		r = file_plan_make(&stage, &problems, &plan, error);
	if (r == 0)
		r = files_find_problems(&stage, &plan, &problems, error);
	if (r == 0 && problems.count > 0)
		r = error_set(error, -EBADMSG, "%zu problem%s with what the config asks for",
			      problems.count, problems.count > 1 ? "s" : "");
	return r;
}

/* Users, then nodes, which may be theirs, then units. */
static int apply_all(const struct file_stage *stage, const struct file_plan *plan,
		     struct error *error)
{
	int r = users_apply(stage, error);

	for (size_t i = 0; r == 0 && i < plan->count; i++)
		r = file_step_apply(stage, &plan->steps[i], error);
	return r < 0 ? r : units_apply(stage, error);
}

int files_apply(const struct ign_config *config, const char *root, struct fetcher *fetcher,
		struct error *error)
{
	AUTO_STAGE stage = { .config = config, .root = root, .tree = { -1 }, .fetcher = fetcher };
	AUTO_PLAN plan = { 0 };
	struct problems problems = { .error = error };
	int r = file_stage_open(&stage, &problems, error);

	if (r == 0)
		r = file_plan_make(&stage, &problems, &plan, error);
	if (r == 0)
		units_check(&stage, &problems); /* their names become paths */
	if (r == 0 && problems.count > 0)
		r = -EBADMSG;
	return r < 0 ? r : apply_all(&stage, &plan, error);
}

static void print_account(const struct ign_text *name, enum ign_flag wanted, const char *what,
			  FILE *out)
{
	fprintf(out, "%s %s %.*s\n", wanted == IGN_FALSE ? "remove" : "ensure", what,
		(int)name->length, name->at);
}

static void print_users(const struct ign_passwd *passwd, FILE *out)
{
	for (size_t i = 0; i < passwd->groups.count; i++)
		print_account(&passwd->groups.at[i].name, passwd->groups.at[i].wanted, "group",
			      out);
	for (size_t i = 0; i < passwd->users.count; i++) {
		const struct ign_user *user = &passwd->users.at[i];

		print_account(&user->name, user->wanted, "user", out);
		if (user->ssh_keys.count > 0 && user->wanted != IGN_FALSE)
			fprintf(out, "write %zu ssh key%s of user %s\n", user->ssh_keys.count,
				user->ssh_keys.count > 1 ? "s" : "", user->name.at);
	}
}

static void print_step(const struct file_step *step, FILE *out)
{
	static const char *const verbs[] = {
		[NODE_DIRECTORY] = "make directory",
		[NODE_FILE] = "write file",
		[NODE_LINK] = "make link",
		[NODE_HARD_LINK] = "make hard link",
	};
	const struct ign_file *file = step->kind == NODE_FILE ? step->file : NULL;
	const char *verb = verbs[step->kind];

	if (file && !file->contents.source.at && file->append.count > 0)
		verb = "append to file";
	fprintf(out, "%s %s", verb, step->path);
	if (step->kind == NODE_LINK || step->kind == NODE_HARD_LINK)
		fprintf(out, " to %s", step->link->target.at);
	if (step->node->overwrite == IGN_TRUE)
		fputs(", replacing what is there", out);
	fputc('\n', out);
}

static void print_unit(const struct ign_unit *unit, FILE *out)
{
	for (size_t i = 0; i < unit->dropins.count; i++)
		if (unit->dropins.at[i].contents.at)
			fprintf(out, "write drop-in %s of unit %s\n", unit->dropins.at[i].name.at,
				unit->name.at);
	if (unit->contents.length > 0)
		fprintf(out, "write unit %s\n", unit->name.at);
	if (unit->mask != IGN_UNSET)
		fprintf(out, "%s unit %s\n", unit->mask == IGN_TRUE ? "mask" : "unmask",
			unit->name.at);
	if (unit->enabled != IGN_UNSET)
		fprintf(out, "%s unit %s\n", unit->enabled == IGN_TRUE ? "enable" : "disable",
			unit->name.at);
}

int files_print(const struct ign_config *config, const char *root, FILE *out, struct error *error)
{
	AUTO_STAGE stage = { .config = config, .root = root, .tree = { -1 } };
	AUTO_PLAN plan = { 0 };
	struct problems problems = { .error = error };
	int r = file_stage_open(&stage, &problems, error);

	if (r == 0)
		r = file_plan_make(&stage, &problems, &plan, error);
	if (r == 0 && problems.count > 0)
		r = -EBADMSG;
	if (r < 0)
		return r;
	print_users(&config->passwd, out);
	for (size_t i = 0; i < plan.count; i++)
		print_step(&plan.steps[i], out);
	for (size_t i = 0; i < config->systemd.units.count; i++)
		print_unit(&config->systemd.units.at[i], out);
	return 0;
}
