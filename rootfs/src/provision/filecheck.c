// SPDX-License-Identifier: Apache-2.0
/*
 * See filecheck.h. Where a file system of the config will be mounted, nothing can be known yet:
 * what stands there now will be hidden, and may be read-only.
 */
#include "provision/filecheck.h"
#include "lib/cmdline.h"
#include "os/file.h"
#include <errno.h>
#include <string.h>

#define CMDLINE_MAX_BYTES 16384

static bool is_mounted_later(const struct file_stage *stage, const char *path)
{
	const struct ign_storage *storage = &stage->config->storage;

	for (size_t i = 0; i < storage->filesystems.count; i++) {
		const struct ign_text *mount = &storage->filesystems.at[i].path;
		char real[PATH_MAX];

		if (mount->length > 0 && strlen(mount->at) == mount->length &&
		    tree_resolve(&stage->tree, mount->at, real, NULL) == 0 &&
		    node_is_below(path, real))
			return true;
	}
	return false;
}

/* The root that keelson-init verified is read-only but for what is mounted within it and the links
 * that lead there; below a plain folder every place is writable. */
static void check_place(const struct file_stage *stage, const char *name, const char *path,
			struct problems *problems)
{
	bool read_only;
	int r = tree_read_only(&stage->tree, path, &read_only);

	if (r < 0)
		problems_add(problems, "%s: %s", name, strerror(-r));
	else if (read_only)
		problems_add(problems,
			     "%s: on this system the root is read-only; put it below /etc, /var, "
			     "/home, /root, /opt, /srv, /mnt or /usr/local",
			     name);
	else if (stage->read_only && problems->report &&
		 (node_is_below(path, "/run") || node_is_below(path, "/tmp")))
		fprintf(problems->report, "%s: warning: this place is empty again at each start\n",
			name);
}

/* Each folder on the way is one, or is not there. */
static void check_parents(const struct file_stage *stage, const struct file_step *step,
			  struct problems *problems)
{
	char path[PATH_MAX];
	struct stat status;

	strcpy(path, step->path);
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (tree_stat(&stage->tree, path, &status) < 0)
			return;
		if (!S_ISDIR(status.st_mode)) {
			problems_add(problems, "%s: %s is no directory", step->node->path.at, path);
			return;
		}
		*at = '/';
	}
}

static void check_node(const struct file_stage *stage, const struct file_step *step,
		       struct problems *problems)
{
	struct node_case node_case;
	struct stat status;

	if (tree_stat(&stage->tree, step->path, &status) < 0)
		return; /* free, or a parent was complained about */
	if (file_step_look(stage, step, &node_case, &status, NULL) == 0 &&
	    node_decide(&node_case) == NODE_REFUSE)
		problems_add(problems, "%s: %s", step->node->path.at, node_refusal(&node_case));
}

static void check_step(const struct file_stage *stage, const struct file_plan *plan,
		       const struct file_step *step, struct problems *problems)
{
	struct tree_owner owner = { 0 };
	struct error error = { 0 };

	if (node_owner(stage, step->node, &owner, &error) < 0)
		problems_add(problems, "%s: %s", step->node->path.at, error.text);
	if (is_mounted_later(stage, step->path))
		return;
	check_place(stage, step->node->path.at, step->path, problems);
	if (node_depth(step->path) == 0 &&
	    (step->kind != NODE_DIRECTORY || step->node->overwrite == IGN_TRUE))
		problems_add(problems, "%s: the root cannot be replaced", step->node->path.at);
	if (file_plan_replaces(plan, step->path))
		return;
	check_parents(stage, step, problems);
	check_node(stage, step, problems);
}

static void check_folder(const struct file_stage *stage, const char *name, const char *folder,
			 struct problems *problems)
{
	char path[PATH_MAX];

	if (tree_resolve(&stage->tree, folder, path, NULL) == 0 && !is_mounted_later(stage, path))
		check_place(stage, name, path, problems);
}

static void check_users(const struct file_stage *stage, struct problems *problems)
{
	const struct ign_passwd *passwd = &stage->config->passwd;

	if (passwd->users.count + passwd->groups.count > 0)
		check_folder(stage, "users and groups", "/etc/passwd", problems);
	for (size_t i = 0; i < passwd->users.count; i++) {
		const struct ign_user *user = &passwd->users.at[i];
		const struct account_change *change = &stage->changes[i];
		bool home = (change->made && user->no_create_home != IGN_TRUE) || change->old_home;

		if (change->home && !change->removed && (home || user->ssh_keys.count > 0))
			check_folder(stage, change->home, change->home, problems);
		for (size_t k = 0; k < user->ssh_keys.count; k++)
			if (strlen(user->ssh_keys.at[k].at) != user->ssh_keys.at[k].length)
				problems_add(problems, "user %s: a key holds a zero byte",
					     user->name.at);
	}
}

/* The command line is part of what is signed: no program on the machine can change it. */
static int check_arguments(const struct ign_kernel_arguments *arguments, struct problems *problems,
			   struct error *error)
{
	AUTO_FREE char *cmdline = NULL;
	int r;

	if (arguments->wanted.count + arguments->unwanted.count == 0)
		return 0;
	r = file_read("/proc/cmdline", CMDLINE_MAX_BYTES, &cmdline, error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < arguments->wanted.count; i++) {
		const struct ign_text *argument = &arguments->wanted.at[i];

		if (!cmdline_has(cmdline, argument->at, argument->length))
			problems_add(problems,
				     "kernel argument %.200s: the kernel does not have it, and the "
				     "signed command line of this system cannot be changed",
				     argument->at);
	}
	for (size_t i = 0; i < arguments->unwanted.count; i++) {
		const struct ign_text *argument = &arguments->unwanted.at[i];

		if (cmdline_has(cmdline, argument->at, argument->length))
			problems_add(problems,
				     "kernel argument %.200s: the kernel has it, and the signed "
				     "command line of this system cannot be changed",
				     argument->at);
	}
	return 0;
}

int files_find_problems(const struct file_stage *stage, const struct file_plan *plan,
			struct problems *problems, struct error *error)
{
	int r = check_arguments(&stage->config->kernel_arguments, problems, error);

	if (r < 0)
		return r;
	check_users(stage, problems);
	for (size_t i = 0; i < plan->count; i++)
		check_step(stage, plan, &plan->steps[i], problems);
	if (stage->config->systemd.units.count > 0)
		check_folder(stage, "units", UNITS_FOLDER, problems);
	units_check(stage, problems);
	return 0;
}
