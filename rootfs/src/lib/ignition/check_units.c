// SPDX-License-Identifier: Apache-2.0
/* Checks of systemd units and drop-ins. */
#include "lib/ignition/check.h"
#include "lib/path.h"
#include "lib/unitfile.h"
#include <errno.h>
#include <stdlib.h>

static struct unitfile contents_of(const struct ign_text *contents)
{
	return unitfile_check(contents->at ? contents->at : "", contents->length);
}

/* As Go quotes a text with %q, for those that are no control characters. */
static const char *quoted(struct check *check, const char *text, size_t length)
{
	char *out = arena_get(check->report->arena, length + 2, 2), *at = out;

	if (!out)
		return "\"\"";
	*at++ = '"';
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			*at++ = '\\';
		*at++ = text[i];
	}
	*at = '"';
	return out;
}

static const char *contents_problem(struct check *check, const struct ign_text *contents)
{
	struct unitfile unit = contents_of(contents);

	if (!contents->at || !unit.problem)
		return NULL;
	if (unit.garbage)
		return ign_report_format(check->report, "invalid unit content: %s : %s",
					 unit.problem,
					 quoted(check, unit.garbage, unit.garbage_length));
	return ign_report_format(check->report, "invalid unit content: %s", unit.problem);
}

static bool has_extension(const struct ign_text *name, const char *const extensions[])
{
	struct ign_text extension;

	extension.at = path_extension(name->at ? name->at : "", name->length, &extension.length);
	return ign_is_one_of(&extension, extensions);
}

static bool lacks_install(const struct ign_text *contents)
{
	struct unitfile unit = contents_of(contents);

	return !unit.problem && !unit.installs;
}

int ign_check_unit(struct check *check, const struct ign_place *place, const void *object)
{
	static const char *const extensions[] = { ".service",   ".socket",   ".device", ".mount",
						  ".automount", ".swap",     ".target", ".path",
						  ".timer",     ".snapshot", ".slice",  ".scope",
						  NULL };
	const struct ign_unit *unit = object;

	if (!has_extension(&unit->name, extensions))
		ign_error_at(check, place, "name", "invalid systemd unit extension");
	ign_error_at(check, place, "contents", contents_problem(check, &unit->contents));
	if (unit->enabled == IGN_TRUE && !ign_empty(&unit->contents) &&
	    lacks_install(&unit->contents))
		ign_warning_at(
			check, place, "contents",
			ign_report_format(check->report,
					  "unit %s is enabled, but has no install section so "
					  "enable does nothing",
					  quoted(check, unit->name.at ? unit->name.at : "",
						 unit->name.length)));
	return 0;
}

int ign_check_dropin(struct check *check, const struct ign_place *place, const void *object)
{
	static const char *const extensions[] = { ".conf", NULL };
	const struct ign_dropin *dropin = object;

	ign_error_at(check, place, "contents", contents_problem(check, &dropin->contents));
	if (!has_extension(&dropin->name, extensions))
		ign_error_at(check, place, "name", "invalid systemd drop-in extension");
	return 0;
}

/* A unit by its name; the last one of a name counts. */
struct named_unit {
	const struct ign_unit *unit;
	bool lacks_install; /* has contents, which are well-formed, without [Install] */
};

static int by_name(const void *a, const void *b)
{
	const struct named_unit *left = a, *right = b;
	int r = ign_text_compare(&left->unit->name, &right->unit->name);

	return r != 0 ? r : left->unit > right->unit ? -1 : left->unit < right->unit;
}

/* NAME@.service for NAME@INSTANCE.service. Returns false if the name is of no instance. */
static bool template_of(const struct ign_text *name, struct ign_text *ret_head)
{
	static const char tail[] = ".service";
	const char *at, *end;

	if (name->length <= strlen(tail))
		return false;
	at = memchr(name->at + 1, '@', name->length - 1);
	end = name->at + name->length;
	if (!at || memchr(name->at, '\n', name->length) || (size_t)(end - at) < 2 + strlen(tail) ||
	    memcmp(end - strlen(tail), tail, strlen(tail)) != 0)
		return false;
	*ret_head = (struct ign_text){ name->at, (size_t)(at - name->at) + 1 };
	return true;
}

/* The unit called HEAD.service, HEAD ending in "@". */
static const struct named_unit *find_template(struct check *check, const struct named_unit *units,
					      size_t count, const struct ign_text *head)
{
	size_t low = 0, high = count;
	char *name = arena_get(check->report->arena, head->length + 9, 1);
	struct ign_text wanted = { name, head->length + 8 };

	if (!name)
		return NULL;
	memcpy(name, head->at, head->length);
	memcpy(name + head->length, ".service", 8);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ign_text_compare(&units[middle].unit->name, &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ign_text_compare(&units[low].unit->name, &wanted) == 0 ? &units[low]
										     : NULL;
}

static const char *instance_warning(struct check *check, const struct named_unit *units,
				    size_t count, const struct ign_unit *unit)
{
	const struct named_unit *template;
	struct ign_text head;

	if (unit->enabled != IGN_TRUE || !template_of(&unit->name, &head))
		return NULL;
	template = find_template(check, units, count, &head);
	if (!template || !template->lacks_install)
		return NULL;
	return ign_report_format(
		check->report, "template unit %s for %s doesn't have Install section",
		quoted(check, template->unit->name.at, template->unit->name.length),
		quoted(check, unit->name.at, unit->name.length));
}

int ign_check_systemd(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_systemd *systemd = object;
	size_t count = systemd->units.count;
	struct named_unit *units = arena_get(check->report->arena, count, sizeof(*units));

	if (!units)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		units[i].unit = &systemd->units.at[i];
		units[i].lacks_install = !ign_empty(&units[i].unit->contents) &&
					 lacks_install(&units[i].unit->contents);
	}
	if (count > 1)
		qsort(units, count, sizeof(*units), by_name);
	for (size_t i = 0; i < count; i++)
		ign_warning_in(check, place, "units", i, "contents",
			       instance_warning(check, units, count, &systemd->units.at[i]));
	return 0;
}
