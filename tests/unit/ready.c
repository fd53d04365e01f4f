// SPDX-License-Identifier: Apache-2.0
#include "lib/ready.h"
#include "check.h"
#include "lib/osrelease.h"
#include <errno.h>
#include <string.h>

#define RELEASE \
	"NAME=\"Keelson\"\nID=keelson\n# VERSION=9\nVERSION='1.2 (x)'\nX=\nEMPTY=\"\"\nHALF=\"a\nLAST=z"

static const struct {
	const char *name, *key;
	int error;
	const char *want;
} values[] = {
	{ "double quotes", "NAME", 0, "Keelson" },
	{ "no quotes", "ID", 0, "keelson" },
	{ "single quotes; a comment is no value", "VERSION", 0, "1.2 (x)" },
	{ "empty", "X", 0, "" },
	{ "empty quotes", "EMPTY", 0, "" },
	{ "half a quote stays", "HALF", 0, "\"a" },
	{ "last line", "LAST", 0, "z" },
	{ "missing", "NAM", -ENOENT, "old" },
	{ "a key that ends so", "D", -ENOENT, "old" },
};

static const struct {
	const char *name, *word, *want;
} words[] = {
	{ "a version", "1.2.3+git~rc1-x_y", "1.2.3+git~rc1-x_y" },
	{ "empty", "", "unknown" },
	{ "blank, quote, newline", "a b\"c\n", "a_b_c_" },
	{ "beyond ASCII", "\xc3\xa4", "__" },
};

SUITE(ready)
{
	struct ready ready = { "2026.11.0", "x86_64", "a", 4294967295, UINT64_MAX };
	char text[READY_BYTES];

	for (size_t i = 0; i < ROWS(values); i++) {
		char got[16] = "old";

		CHECK_NUMBER(values[i].name,
			     osrelease_value(RELEASE, values[i].key, got, sizeof(got)),
			     values[i].error);
		CHECK_TEXT(values[i].name, got, values[i].want);
	}
	CHECK_NUMBER("version", osrelease_version("VERSION_ID=1\nIMAGE_VERSION=2", text, 8), 0);
	CHECK_TEXT("the image's version comes first", text, "2");
	CHECK_NUMBER("no version", osrelease_version("VERSION=1", text, 8), -ENOENT);
	CHECK_NUMBER("a value too long", osrelease_value(RELEASE, "NAME", text, 7), -ENAMETOOLONG);
	for (size_t i = 0; i < ROWS(words); i++) {
		char word[32];

		strcpy(word, words[i].word);
		ready_clean(word);
		CHECK_TEXT(words[i].name, word, words[i].want);
	}
	ready_line(&ready, text);
	CHECK_TEXT("line", text,
		   "KEELSON-READY version=2026.11.0 arch=x86_64 slot=a failed_units=4294967295 "
		   "userspace_ms=18446744073709551615");
	ready_json(&ready, text);
	CHECK_TEXT("JSON", text,
		   "{\"version\":\"2026.11.0\",\"arch\":\"x86_64\",\"slot\":\"a\","
		   "\"failed_units\":4294967295,\"userspace_ms\":18446744073709551615}\n");
}
