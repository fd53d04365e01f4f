// SPDX-License-Identifier: Apache-2.0
#include "lib/presets.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

/* Units as "+name" (enabled), "-name" (disabled) or "name" (neither). */
static const struct {
	const char *name, *units[5], *want;
} files[] = {
	{ "none", { NULL }, "" },
	{ "one that says nothing", { "a.service" }, "" },
	{ "one of each",
	  { "+b.service", "-a.service", "c.service" },
	  "disable a.service\nenable b.service\n" },
	{ "instances share a line",
	  { "+echo@foo.service", "+z.service", "+echo@bar.service" },
	  "enable echo@.service foo bar\nenable z.service\n" },
	{ "but not with disabled ones",
	  { "+echo@foo.service", "-echo@bar.service" },
	  "disable echo@.service bar\nenable echo@.service foo\n" },
	{ "a template itself is an instance without a name",
	  { "+echo@.service" },
	  "enable echo@.service\n" },
	{ "twice", { "+a.service", "+a.service" }, "enable a.service\n" },
	{ "enabled and disabled",
	  { "+a.service", "-a.service" },
	  "disable a.service\nenable a.service\n" },
	{ "an @ behind the dot", { "+a.b@c" }, "enable a.b@c\n" },
};

static size_t make_units(const char *const names[], struct ign_unit *ret)
{
	size_t count = 0;

	for (; count < 5 && names[count]; count++) {
		const char *name = names[count];
		enum ign_flag enabled = *name == '+'   ? IGN_TRUE
					: *name == '-' ? IGN_FALSE
						       : IGN_UNSET;

		name += enabled != IGN_UNSET;
		ret[count] =
			(struct ign_unit){ .name = { name, strlen(name) }, .enabled = enabled };
	}
	return count;
}

static const struct {
	const char *name, *want;
} templates[] = {
	{ "echo@bar.service", "echo@.service" },
	{ "echo@.service", NULL },
	{ "echo.service", NULL },
	{ "a@b.c.service", "a@.service" },
	{ "a.b@c", NULL },
};

static const struct {
	const char *name;
	bool dropin, good;
} names[] = {
	{ "a.service", false, true },     { "", false, false },
	{ ".a.service", false, false },   { "-.mount", false, true },
	{ "10 a.conf", true, true },      { "a b.service", false, false },
	{ "../a.service", false, false }, { "a\nb.service", false, false },
	{ "a/b.conf", true, false },      { "dev-disk-by\\x2dlabel-a.swap", false, true },
};

SUITE(presets)
{
	for (size_t i = 0; i < ROWS(files); i++) {
		struct ign_unit units[5];
		struct ign_systemd systemd = { 0 };
		char *got = NULL;

		systemd.units.at = units;
		systemd.units.count = make_units(files[i].units, units);
		CHECK_NUMBER(files[i].name, presets_format(&systemd, &got), 0);
		CHECK_TEXT(files[i].name, got, files[i].want);
		free(got);
	}
	for (size_t i = 0; i < ROWS(templates); i++) {
		struct ign_text name = { templates[i].name, strlen(templates[i].name) };
		char got[256] = "";

		CHECK_NUMBER(name.at, unit_template(&name, got), templates[i].want != NULL);
		CHECK_TEXT(name.at, got, templates[i].want ? templates[i].want : "");
	}
	for (size_t i = 0; i < ROWS(names); i++) {
		struct ign_text name = { names[i].name, strlen(names[i].name) };

		CHECK_NUMBER(name.at, !unit_name_problem(&name, names[i].dropin), names[i].good);
	}
}
