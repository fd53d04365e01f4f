// SPDX-License-Identifier: Apache-2.0
/* Runs every registered suite, or those named as arguments. Exit codes: 0 all passed, 1 a row
 * failed, 2 usage. */
#include "check.h"
#include <stdio.h>
#include <string.h>

static struct suite *suites;
static const char *current;
static unsigned passed, failed;

void suite_register(struct suite *suite)
{
	struct suite **at = &suites;

	while (*at && strcmp((*at)->name, suite->name) < 0)
		at = &(*at)->next;
	suite->next = *at;
	*at = suite;
}

bool check_row(bool ok, const char *row, const char *what, const char *file, int line)
{
	if (ok) {
		passed++;
	} else {
		failed++;
		printf("FAILED %s: %s: %s (%s:%d)\n", current, row, what, file, line);
	}
	return ok;
}

bool check_text(const char *got, const char *want, const char *row, const char *file, int line)
{
	bool ok = strcmp(got, want) == 0;

	if (!ok)
		printf("got  \"%s\"\nwant \"%s\"\n", got, want);
	return check_row(ok, row, "texts are equal", file, line);
}

bool check_number(long long got, long long want, const char *row, const char *what,
		  const char *file, int line)
{
	if (got != want)
		printf("%s is %lld, want %lld\n", what, got, want);
	return check_row(got == want, row, what, file, line);
}

static bool wanted(const char *name, int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return argc < 2;
}

int main(int argc, char *argv[])
{
	unsigned ran = 0;

	for (const struct suite *suite = suites; suite; suite = suite->next) {
		if (!wanted(suite->name, argc, argv))
			continue;
		current = suite->name;
		suite->run();
		ran++;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return ran == 0 ? 2 : failed != 0 || passed == 0;
}
