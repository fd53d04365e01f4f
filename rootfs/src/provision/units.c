// SPDX-License-Identifier: Apache-2.0
/* systemd's units; see filestage.h (spec 3.6, section systemd). */
#include "lib/presets.h"
#include "os/file.h"
#include "os/spawn.h"
#include "provision/filestage.h"
#include <errno.h>
#include <string.h>

static const struct tree_owner root_owner = { 0, 0 };

/* The names were checked: a unit's and a drop-in's have at most 255 bytes. */
static void unit_path(const struct ign_unit *unit, const struct ign_dropin *dropin,
		      char ret[PATH_MAX])
{
	if (dropin)
		snprintf(ret, PATH_MAX, UNITS_FOLDER "/%s.d/%s", unit->name.at, dropin->name.at);
	else
		snprintf(ret, PATH_MAX, UNITS_FOLDER "/%s", unit->name.at);
}

static int put(const struct tree *tree, const char *path, const struct ign_text *contents,
	       struct error *error)
{
	char real[PATH_MAX];
	int r = tree_resolve(tree, path, real, error);

	return r < 0 ? r
		     : file_put(tree, real, contents->at, contents->length, 0644, &root_owner,
				error);
}

/* An empty drop-in is a file (it takes one of that name away from elsewhere), an empty unit is
 * none. */
static int write_files(const struct tree *tree, const struct ign_unit *unit, struct error *error)
{
	char path[PATH_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < unit->dropins.count; i++) {
		const struct ign_dropin *dropin = &unit->dropins.at[i];

		unit_path(unit, dropin, path);
		if (dropin->contents.at)
			r = put(tree, path, &dropin->contents, error);
	}
	unit_path(unit, NULL, path);
	if (r == 0 && unit->contents.length > 0)
		r = put(tree, path, &unit->contents, error);
	return r;
}

static bool is_masked(const struct tree *tree, const char *path)
{
	char target[PATH_MAX];

	return tree_read_link(tree, path, target) == 0 && strcmp(target, "/dev/null") == 0;
}

static int set_mask(const struct tree *tree, const struct ign_unit *unit, struct error *error)
{
	char path[PATH_MAX], real[PATH_MAX];
	int r;

	unit_path(unit, NULL, path);
	r = unit->mask == IGN_UNSET ? 0 : tree_resolve(tree, path, real, error);
	if (r < 0 || unit->mask == IGN_UNSET)
		return r;
	if (unit->mask == IGN_TRUE)
		return tree_link(tree, real, "/dev/null", &root_owner, true, error);
	return is_masked(tree, real) ? tree_remove(tree, real, error) : 0;
}

static bool is_there(const struct tree *tree, const char *name)
{
	static const char *const folders[] = { UNITS_FOLDER, "/run/systemd/system",
					       "/usr/local/lib/systemd/system",
					       "/usr/lib/systemd/system" };
	char path[PATH_MAX];
	struct stat status;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (tree_stat(tree, path, &status) == 0)
			return !is_masked(tree, path);
	}
	return false;
}

/* Whether systemctl would find a file for it, its own or its template's. */
static bool has_file(const struct tree *tree, const struct ign_text *name)
{
	char template[256];

	return is_there(tree, name->at) ||
	       (unit_template(name, template) && is_there(tree, template));
}

/* systemctl makes and removes links by the [Install] section as it would on the running system;
 * with --root it asks no manager, which is not there yet. A unit that has no file, as that of a
 * package that is not installed, only gets its preset. */
static int enable(const struct file_stage *stage, const struct ign_unit *unit, struct error *error)
{
	bool enabled = unit->enabled == IGN_TRUE;
	char root[PATH_MAX + 8];
	const char *const argv[] = {
		"/usr/bin/systemctl", root, enabled ? "enable" : "disable", "--",
		unit->name.at,        NULL
	};
	int r;

	if (unit->enabled == IGN_UNSET || (enabled && unit->mask == IGN_TRUE) ||
	    (enabled && !has_file(&stage->tree, &unit->name)))
		return 0;
	if (snprintf(root, sizeof(root), "--root=%s", stage->root) >= (int)sizeof(root))
		return error_set(error, -ENAMETOOLONG, "the root's path is too long");
	r = spawn(argv, 0, error);
	return r == -EPROTO && !enabled && !has_file(&stage->tree, &unit->name) ? 0 : r;
}

static int write_presets(const struct file_stage *stage, struct error *error)
{
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];
	int r = tree_resolve(&stage->tree, PRESET_FILE, path, error);

	if (r == 0 && presets_format(&stage->config->systemd, &text) < 0)
		r = error_set(error, -ENOMEM, "out of memory");
	if (r < 0 || text[0] == '\0')
		return r;
	return file_put(&stage->tree, path, text, strlen(text), 0644, &root_owner, error);
}

/* Enabling comes last: a unit may name others of the config in Also=. */
int units_apply(const struct file_stage *stage, struct error *error)
{
	const struct ign_systemd *systemd = &stage->config->systemd;
	const struct ign_unit *unit = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < systemd->units.count; i++) {
		unit = &systemd->units.at[i];
		r = write_files(&stage->tree, unit, error);
		if (r == 0)
			r = set_mask(&stage->tree, unit, error);
	}
	if (r == 0)
		r = write_presets(stage, error);
	for (size_t i = 0; r == 0 && i < systemd->units.count; i++) {
		unit = &systemd->units.at[i];
		r = enable(stage, unit, error);
	}
	if (r < 0 && unit)
		error_wrap(error, "unit %.200s", unit->name.at);
	return r;
}

/* Whether the config brings the unit's file, or its template's. */
static bool is_written(const struct ign_systemd *systemd, const struct ign_text *name)
{
	char template[256] = "";

	unit_template(name, template);
	for (size_t i = 0; i < systemd->units.count; i++) {
		const struct ign_unit *unit = &systemd->units.at[i];

		if (unit->contents.length > 0 && unit->name.at &&
		    (strcmp(unit->name.at, name->at) == 0 || strcmp(unit->name.at, template) == 0))
			return true;
	}
	return false;
}

static void check_dropins(const struct ign_unit *unit, struct problems *problems)
{
	for (size_t i = 0; i < unit->dropins.count; i++) {
		const struct ign_text *name = &unit->dropins.at[i].name;
		const char *problem = unit_name_problem(name, true);

		if (problem)
			problems_add(problems, "unit %.100s, drop-in %.100s: %s", unit->name.at,
				     name->at ? name->at : "", problem);
	}
}

static void check_unit(const struct file_stage *stage, const struct ign_unit *unit,
		       struct problems *problems)
{
	const char *problem = unit_name_problem(&unit->name, false);

	if (problem) {
		problems_add(problems, "unit %.100s: %s", unit->name.at ? unit->name.at : "",
			     problem);
		return;
	}
	check_dropins(unit, problems);
	if (problems->report && unit->enabled == IGN_TRUE && unit->mask != IGN_TRUE &&
	    !is_written(&stage->config->systemd, &unit->name) &&
	    !has_file(&stage->tree, &unit->name))
		fprintf(problems->report,
			"unit %s: warning: enabled, but this system has no such unit\n",
			unit->name.at);
}

void units_check(const struct file_stage *stage, struct problems *problems)
{
	for (size_t i = 0; i < stage->config->systemd.units.count; i++)
		check_unit(stage, &stage->config->systemd.units.at[i], problems);
}
