// SPDX-License-Identifier: Apache-2.0
#include "lib/unitfile.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	bool installs;
	const char *want;
} units[] = {
	{ "", false, NULL },
	{ "no section at all", false, NULL },
	{ "[Install]\nWantedBy=a", true, NULL },
	{ "[Install]\n", false, NULL },
	{ "[Install]\n[Unit]\na=b", false, NULL },
	{ "#[Install]\n#a=b", false, NULL },
	{ "# goes on \\\n[Install]\na=b", false, NULL },
	{ "[Unit]\n# \\ \n[Install]\na=b", false, NULL },
	{ "[Unit]\na=\\\n[Install]\nb=c", false, NULL },
	{ "[Unit]\na=\\\n\n[Install]\nb=c", true, NULL },
	{ "[Install]\r\na=b\r\n", true, NULL },
	{ "[Unit", false, "unable to find end of section" },
	{ "[Unit] x\n", false, "found garbage after section name" },
	{ "[Unit]\nabc\n", false, "unexpected newline encountered while parsing option name" },
	{ "[Unit]\nabc", false, "EOF" },
	{ "[Unit]\n\xc2\xa0\xe2\x80\x83[Install]\na=b", true, NULL },
};

/* A line is too long if 2048 bytes of it were read ahead when a step begins. */
static void check_long_lines(void)
{
	char *text = malloc(10000);
	struct unitfile unit;

	memset(text, 'x', 10000);
	memcpy(text, "[A]\na=", 6);
	unit = unitfile_check(text, 6 + 2045);
	CHECK("2047 bytes", !unit.problem);
	unit = unitfile_check(text, 6 + 2046);
	CHECK("2048 bytes", unit.problem && strstr(unit.problem, "line too long"));
	text[6 + 2045] = '\n';
	unit = unitfile_check(text, 10000);
	CHECK_TEXT("2044 bytes are left in the buffer", unit.problem ? unit.problem : "", "EOF");
	memset(text, 'x', 10000);
	memcpy(text + 4095, "[A]\na=b", 7);
	unit = unitfile_check(text, 4095 + 7);
	CHECK("before a section too", unit.problem);
	free(text);
}

SUITE(unitfile)
{
	for (size_t i = 0; i < ROWS(units); i++) {
		struct unitfile unit = unitfile_check(units[i].text, strlen(units[i].text));

		CHECK_TEXT(units[i].text, unit.problem ? unit.problem : "(none)",
			   units[i].want ? units[i].want : "(none)");
		CHECK(units[i].text, unit.problem || unit.installs == units[i].installs);
	}
	check_long_lines();
}
