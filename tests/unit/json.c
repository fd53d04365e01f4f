// SPDX-License-Identifier: Apache-2.0
#include "lib/json.h"
#include "check.h"
#include <errno.h>
#include <string.h>

/* What Go's encoding/json says, and the offset it gives. */
static const struct {
	const char *text, *want;
	unsigned offset;
} problems[] = {
	{ "", "unexpected end of JSON input", 0 },
	{ "[1,", "unexpected end of JSON input", 3 },
	{ "[1,]", "invalid character ']' looking for beginning of value", 4 },
	{ "[1 2]", "invalid character '2' after array element", 4 },
	{ "{\"a\":1,}", "invalid character '}' looking for beginning of object key string", 8 },
	{ "{a:1}", "invalid character 'a' looking for beginning of object key string", 2 },
	{ "{\"a\" 1}", "invalid character '1' after object key", 6 },
	{ "{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair", 8 },
	{ "1 2", "invalid character '2' after top-level value", 3 },
	{ "01", "invalid character '1' after top-level value", 2 },
	{ "-x", "invalid character 'x' in numeric literal", 2 },
	{ "1.x", "invalid character 'x' after decimal point in numeric literal", 3 },
	{ "1e+x", "invalid character 'x' in exponent of numeric literal", 4 },
	{ "tru ", "invalid character ' ' in literal true (expecting 'e')", 4 },
	{ "nul", "unexpected end of JSON input", 3 },
	{ "\"a\nb\"", "invalid character '\\n' in string literal", 3 },
	{ "\"\\x\"", "invalid character 'x' in string escape code", 3 },
	{ "\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape", 6 },
	{ "'a'", "invalid character '\\'' looking for beginning of value", 1 },
	{ "\xef\xbb\xbf{}", "invalid character '\xc3\xaf' looking for beginning of value", 1 },
	{ "\x01", "invalid character '\\x01' looking for beginning of value", 1 },
	{ "\xa0", "invalid character '\\u00a0' looking for beginning of value", 1 },
};

static const struct {
	const char *text, *want;
} strings[] = {
	{ "\"\"", "" },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
	{ "\"\\u00e9\\u20ac\"", "\xc3\xa9\xe2\x82\xac" },
	{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
	{ "\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
				"A" },
	{ "\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\"a\xff\xc0\xafz\"", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz" },
	{ "\"\xed\xa0\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\"\xe2\x82\"", "\xef\xbf\xbd\xef\xbf\xbd" },
};

static const struct {
	const char *text;
	int r;
	int64_t want;
} integers[] = {
	{ "0", 0, 0 },
	{ "-0", 0, 0 },
	{ "9223372036854775807", 0, INT64_MAX },
	{ "-9223372036854775808", 0, INT64_MIN },
	{ "9223372036854775808", -ERANGE, 0 },
	{ "-9223372036854775809", -ERANGE, 0 },
	{ "1.0", -EINVAL, 0 },
	{ "1e1", -EINVAL, 0 },
};

static struct json parse(const char *text)
{
	struct json_problem problem;
	struct json json = { 0 };

	CHECK(text, json_parse(text, strlen(text), 100, &json, &problem) == 0);
	return json;
}

static void check_values(void)
{
	for (size_t i = 0; i < ROWS(strings); i++) {
		char got[64] = "";

		json_unquote(strings[i].text, strlen(strings[i].text), got, sizeof(got) - 1);
		CHECK_TEXT(strings[i].text, got, strings[i].want);
	}
	for (size_t i = 0; i < ROWS(integers); i++) {
		struct json json = parse(integers[i].text);
		int64_t got = 0;

		CHECK_NUMBER(integers[i].text, json_integer(&json, 0, &got), integers[i].r);
		CHECK_NUMBER(integers[i].text, got, integers[i].want);
		json_free(&json);
	}
}

static void check_tree(void)
{
	struct json json = parse(" {\"a\": [1, {}], \"B\\u0062\":2, \"a\":3}");
	uint32_t first = json_first(&json, 0), second = json.nodes[first].next;

	CHECK_NUMBER("the whole", json.nodes[0].start, 1);
	CHECK_NUMBER("members", json.nodes[0].count, 3);
	CHECK_NUMBER("a list", json.nodes[first].end, 14);
	CHECK("the last of a name", json_member(&json, 0, "a") == json.nodes[second].next);
	CHECK("escapes in names", json_named(&json, second, "Bb", false));
	CHECK("case counts", !json_named(&json, second, "bb", false));
	CHECK("or not", json_named(&json, second, "bb", true));
	CHECK("no member of a list", json_member(&json, first, "a") == 0);
	json_free(&json);
	json = parse("{\"\xc5\xbfource\":1,\"\xe2\x84\xaaind\":2}");
	CHECK("the long s", json_named(&json, 1, "source", true));
	CHECK("the kelvin sign", json_named(&json, 2, "kind", true));
	json_free(&json);
}

SUITE(json)
{
	for (size_t i = 0; i < ROWS(problems); i++) {
		struct json_problem problem = { 0 };
		struct json json;

		CHECK_NUMBER(problems[i].text,
			     json_parse(problems[i].text, strlen(problems[i].text), 100, &json,
					&problem),
			     -EBADMSG);
		CHECK_TEXT(problems[i].text, problem.text, problems[i].want);
		CHECK_NUMBER(problems[i].text, problem.offset, problems[i].offset);
	}
	check_values();
	check_tree();
}
