// SPDX-License-Identifier: Apache-2.0
#include "lib/bootfailure.h"
#include "check.h"
#include "corpus.h"
#include <errno.h>
#include <string.h>

#define A "{\"a\":null,\n\"b\":"
#define B(version, time, since, reason)                                        \
	"{\"version\":\"" version "\",\"time\":" time ",\"good_since\":" since \
	",\"reason\":\"" reason "\"}"

static const struct {
	const char *name, *text;
	bool good;
} texts[] = {
	{ "none", A "null}\n", true },
	{ "one", A B("1.2", "1764000000", "null", "x") "}\n", true },
	{ "good since", A B("1.2", "1", "2", "") "}\n", true },
	{ "empty", "", false },
	{ "cut", A "nul", false },
	{ "rubbish behind", A "null}\n ", false },
	{ "no newline", A "null}", false },
	{ "quote in a text", A B("1\"2", "1", "null", "x") "}\n", false },
	{ "escape in a text", A B("1", "1", "null", "\\n") "}\n", false },
	{ "newline in a text", A B("1", "1", "null", "\n") "}\n", false },
	{ "version too long",
	  A B("0123456789012345678901234567890123456789012345678901234567890123", "1", "null",
	      "") "}\n",
	  false },
	{ "no time", A B("1", "", "null", "") "}\n", false },
	{ "time before 1970", A B("1", "-1", "null", "") "}\n", false },
	{ "time without end", A B("1", "99999999999999999999999999", "null", "") "}\n", false },
	{ "other order", "{\"b\":null,\n\"a\":null}\n", false },
};

static void check_texts(void)
{
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct boot_failure got[SLOTS] = { { .time_s = 7 } };
		char text[BOOT_FAILURES_BYTES] = "";

		CHECK_NUMBER(texts[i].name, boot_failures_parse(texts[i].text, got),
			     texts[i].good ? 0 : -EBADMSG);
		if (texts[i].good) {
			boot_failures_format(got, text);
			CHECK_TEXT(texts[i].name, text, texts[i].text);
		} else {
			CHECK(texts[i].name, got[0].time_s == 7);
		}
	}
}

static void check_longest(void)
{
	struct boot_failure longest = { .known = true, .time_s = 253402300799 };
	struct boot_failure got[SLOTS], failures[SLOTS];
	char text[BOOT_FAILURES_BYTES];

	longest.good_since_s = longest.time_s;
	memset(longest.version, 'v', sizeof(longest.version) - 1);
	memset(longest.reason, '~', sizeof(longest.reason) - 1);
	failures[0] = failures[1] = longest;
	boot_failures_format(failures, text);
	CHECK_NUMBER("the longest", boot_failures_parse(text, got), 0);
	CHECK_TEXT("comes back", got[1].reason, longest.reason);
	CHECK("whole", got[1].good_since_s == longest.time_s);
}

SUITE(bootfailure)
{
	struct boot_failure failures[SLOTS];
	uint8_t text[BOOT_FAILURES_BYTES] = "";

	check_texts();
	check_longest();
	corpus_read(CORPUS "/bootfailure/one", text, sizeof(text) - 1);
	CHECK_NUMBER("corpus", boot_failures_parse((const char *)text, failures), 0);
	CHECK("complete", boot_state("active", false) == BOOT_COMPLETE);
	CHECK("complete, and asked for again", boot_state("active", true) == BOOT_COMPLETE);
	CHECK("on its way", boot_state("inactive", true) == BOOT_PENDING);
	CHECK("given up", boot_state("inactive", false) == BOOT_FAILED);
}
