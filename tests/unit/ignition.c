// SPDX-License-Identifier: Apache-2.0
/* The verdicts of the reference implementation on tests/ignition/, and texts that mean harm. */
#include "lib/ignition/ignition.h"
#include "check.h"
#include "lib/json.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA CORPUS "/../../ignition/"
#define DATA_BYTES_MAX (1 << 20)

/* One line of a data file. */
struct row {
	struct json json;
	char name[64];
};

struct tally {
	const char *file;
	unsigned held, all;
};

static void count(struct tally *tally, bool ok, const char *row, const char *what)
{
	tally->all++;
	tally->held += check_row(ok, row, what, __FILE__, __LINE__);
}

static char *unquote(const struct json *json, uint32_t node, size_t *ret_length)
{
	const char *quoted = json->text + json->nodes[node].start;
	size_t size = json->nodes[node].end - json->nodes[node].start;
	size_t length = json_unquote(quoted, size, NULL, 0);
	char *text = calloc(1, length + 1);

	json_unquote(quoted, size, text, length);
	if (ret_length)
		*ret_length = length;
	return text;
}

static void read_lines(const char *file, struct tally *tally,
		       void (*take)(struct row *, struct tally *))
{
	char path[256], *text = calloc(1, DATA_BYTES_MAX), *end;
	struct json_problem problem;
	FILE *data;

	tally->file = file;
	snprintf(path, sizeof(path), DATA "%s.jsonl", file);
	data = fopen(path, "rb");
	end = text + (data ? fread(text, 1, DATA_BYTES_MAX - 1, data) : 0);
	if (data)
		fclose(data);
	for (char *line = text; line < end; line = strchr(line, '\n') + 1) {
		struct row row = { 0 };
		size_t size = strcspn(line, "\n");

		if (!CHECK(line, json_parse(line, size, 1 << 16, &row.json, &problem) == 0))
			break;
		snprintf(row.name, sizeof(row.name), "%s, line %u", file, tally->all + 1);
		take(&row, tally);
		json_free(&row.json);
	}
	printf("%s: %u of %u\n", file, tally->held, tally->all);
	CHECK(file, tally->all > 0);
	free(text);
}

/* Without path and "error", a line is the rule alone: what the reference says of versions. */
static bool same_line(const char *got, const char *want)
{
	const char *place = strstr(want, ": ");

	if (strncmp(want, "error at line ", 14) == 0 && place)
		return strncmp(got, want, (size_t)(place - want) + 2) == 0;
	if (strncmp(got, "error: ", 7) == 0)
		got += 7;
	return strcmp(got, want) == 0;
}

/* The report against the row's lines, in order. */
static bool same_report(const struct row *row, const struct ign_report *report)
{
	uint32_t lines = json_member(&row->json, 0, "report"), node = json_first(&row->json, lines);
	bool same = report->count == row->json.nodes[lines].count;
	char got[1024];

	for (size_t i = 0; i < report->count; i++) {
		char *want = node ? unquote(&row->json, node, NULL) : calloc(1, 1);

		ign_entry_format(&report->entries[i], got, sizeof(got));
		if (!same_line(got, want)) {
			printf("got  %s\nwant %s\n", got, want);
			same = false;
		}
		node = node ? row->json.nodes[node].next : 0;
		free(want);
	}
	return same;
}

static int parse_member(const struct row *row, const char *member, bool validate,
			struct ign_parsed *ret)
{
	uint32_t node = json_member(&row->json, 0, member);
	const struct json_node *at = &row->json.nodes[node];
	size_t length = at->end - at->start;
	char *text = at->type == JSON_STRING ? unquote(&row->json, node, &length)
					     : strndup(row->json.text + at->start, length);
	int r = ign_parse(text, length, validate, ret);

	free(text);
	return r;
}

static void take_config(struct row *row, struct tally *tally)
{
	struct ign_parsed parsed = { 0 };
	bool invalid = strcmp(tally->file, "invalid") == 0;
	int r = parse_member(row, "text", true, &parsed);

	count(tally, r == (invalid ? -EBADMSG : 0) && same_report(row, &parsed.report), row->name,
	      "verdict and report");
	ign_free(&parsed);
}

/* Of these only the verdict is known. */
static void take_verdict(struct row *row, struct tally *tally)
{
	struct ign_parsed parsed = { 0 };
	char *want = unquote(&row->json, json_member(&row->json, 0, "verdict"), NULL);
	int r = parse_member(row, "text", true, &parsed);

	count(tally, r == (strcmp(want, "valid") == 0 ? 0 : -EBADMSG), row->name, want);
	ign_free(&parsed);
	free(want);
}

/* Puts a version into a body, which may have an "ignition" already. */
static char *with_version(const struct json *json, uint32_t body, const char *version)
{
	uint32_t ignition = json_member(json, body, "ignition");
	const struct json_node *whole = &json->nodes[body];
	uint32_t at = (ignition ? json->nodes[ignition].start : whole->start) + 1;
	bool alone = json->nodes[ignition ? ignition : body].count == 0;
	char *text;

	if (asprintf(&text,
		     ignition ? "%.*s\"version\":\"%s\"%s%.*s"
			      : "%.*s\"ignition\":{\"version\":\"%s\"}%s%.*s",
		     (int)(at - whole->start), json->text + whole->start, version, alone ? "" : ",",
		     (int)(whole->end - at), json->text + at) < 0)
		abort();
	return text;
}

static const char *verdict_of(const char *text)
{
	struct ign_parsed parsed = { 0 };
	int r = ign_parse(text, strlen(text), true, &parsed);
	const char *verdict = r == -EBADMSG            ? "invalid"
			      : r < 0                  ? "broken"
			      : parsed.report.warnings ? "warn"
						       : "ok";

	ign_free(&parsed);
	return verdict;
}

static void take_versions(struct row *row, struct tally *tally)
{
	uint32_t body = json_member(&row->json, 0, "body");
	uint32_t verdicts = json_member(&row->json, 0, "verdict");

	for (uint32_t n = json_first(&row->json, verdicts); n; n = row->json.nodes[n].next) {
		char version[16] = "", *want = unquote(&row->json, n, NULL), *text;
		const struct json_node *at = &row->json.nodes[n];

		json_unquote(row->json.text + at->key_start, at->key_end - at->key_start, version,
			     sizeof(version) - 1);
		text = with_version(&row->json, body, version);
		count(tally, strcmp(verdict_of(text), want) == 0, text, want);
		free(text);
		free(want);
	}
}

/* Objects may differ in the order of their members. */
static bool same_value(const struct json *a, uint32_t left, const struct json *b, uint32_t right)
{
	const struct json_node *x = &a->nodes[left], *y = &b->nodes[right];
	uint32_t other = json_first(b, right);

	if (x->type != y->type || x->count != y->count)
		return false;
	if (x->type < JSON_ARRAY)
		return x->end - x->start == y->end - y->start &&
		       memcmp(a->text + x->start, b->text + y->start, x->end - x->start) == 0;
	for (uint32_t n = json_first(a, left); n; n = a->nodes[n].next) {
		if (x->type == JSON_OBJECT) {
			char name[64] = "";

			json_unquote(a->text + a->nodes[n].key_start,
				     a->nodes[n].key_end - a->nodes[n].key_start, name,
				     sizeof(name) - 1);
			other = json_member(b, right, name);
		}
		if (!other || !same_value(a, n, b, other))
			return false;
		other = b->nodes[other].next;
	}
	return true;
}

/* The rules find the same in a merged config as in the text that it makes. */
static bool same_problems(struct ign_parsed *merged, const char *text, size_t size)
{
	struct ign_parsed read = { 0 };
	int r = ign_check_merged(merged), s = ign_parse(text, size, true, &read);
	bool same = r == s && merged->report.errors == read.report.errors &&
		    merged->report.warnings == read.report.warnings;

	for (size_t i = 0; i < read.report.count && same; i++)
		same = merged->report.entries[i].offset == UINT32_MAX &&
		       strcmp(merged->report.entries[i].path, read.report.entries[i].path) == 0 &&
		       strcmp(merged->report.entries[i].message, read.report.entries[i].message) ==
			       0;
	ign_free(&read);
	return same;
}

static void take_merge(struct row *row, struct tally *tally)
{
	struct ign_parsed parent = { 0 }, child = { 0 }, merged = { 0 };
	struct json_problem problem;
	struct json json = { 0 };
	char *text = NULL;
	size_t size;
	bool ok = parse_member(row, "parent", false, &parent) == 0 &&
		  parse_member(row, "child", false, &child) == 0 &&
		  ign_merge(&parent, &child, &merged) == 0 &&
		  ign_encode(&merged.config, &text, &size) == 0 &&
		  json_parse(text, size, 1 << 16, &json, &problem) == 0;

	ok = ok && same_value(&json, 0, &row->json, json_member(&row->json, 0, "expected"));
	if (!ok)
		printf("got  %.*s\n", text ? (int)size : 0, text ? text : "");
	count(tally, ok, row->name, "merges into what is expected");
	count(tally, ok && same_problems(&merged, text, size), row->name,
	      "is checked as its text is");
	json_free(&json);
	free(text);
	ign_free(&merged);
	ign_free(&child);
	ign_free(&parent);
}

static void check_data(void)
{
	struct tally tallies[6] = { 0 };

	read_lines("valid", &tallies[0], take_config);
	read_lines("invalid", &tallies[1], take_config);
	read_lines("butane", &tallies[2], take_config);
	read_lines("blackbox", &tallies[3], take_verdict);
	read_lines("versions", &tallies[4], take_versions);
	read_lines("merge", &tallies[5], take_merge);
}

#define V "{\"ignition\":{\"version\":\"3.6.0\"}"

/* What the data has no case of. want: the lines of the report, each with an end. */
static const struct {
	const char *name, *text, *want;
} texts[] = {
	{ "top level is a list", "[]",
	  "error at line 1 col 2: expected an object, found a list\n" },
	{ "top level is null", "null", "error: invalid config version (couldn't parse)\n" },
	{ "only blanks", " \n",
	  "error at line 0 col 0: unexpected end of JSON input, at the end of the text\n" },
	{ "every wrong type is named",
	  V
	  ",\"storage\":{\"files\":[{\"path\":7,\"mode\":\"x\",\"contents\":[]},3],\"disks\":{}}}",
	  "error at $.storage.files.0.path, line 1 col 61: expected a string, found a number\n"
	  "error at $.storage.files.0.mode, line 1 col 70: expected an integer, found a string\n"
	  "error at $.storage.files.0.contents, line 1 col 86: expected an object, found a list\n"
	  "error at $.storage.files.1, line 1 col 89: expected an object, found a number\n"
	  "error at $.storage.disks, line 1 col 101: expected a list, found an object\n" },
	{ "a number that is none for Go",
	  V ",\"storage\":{\"files\":[{\"path\":\"/a\",\"mode\":1e2}]}}",
	  "error at $.storage.files.0.mode, line 1 col 73: expected an integer, written without "
	  "point and exponent\n" },
	{ "a number too large",
	  V ",\"passwd\":{\"users\":[{\"name\":\"a\",\"uid\":9223372036854775808}]}}",
	  "error at $.passwd.users.0.uid, line 1 col 70: integer does not fit into 64 bits\n" },
	{ "names match without regard to case, and are warned of",
	  V ",\"Storage\":{\"FILES\":[{\"path\":\"a\"}]}}",
	  "error at $.storage.files.0.path, line 1 col 2: path not absolute\n"
	  "warning at $.Storage, line 1 col 33: unused key Storage\n" },
	{ "a name that comes twice adds to the first",
	  V
	  ",\"storage\":{\"files\":[{\"path\":\"a\"}]},\"storage\":{\"links\":[{\"path\":\"b\"}]}}",
	  "error at $.storage.links.0.target, line 1 col 89: link target is required\n"
	  "error at $.storage.files.0.path, line 1 col 79: path not absolute\n"
	  "error at $.storage.links.0.path, line 1 col 96: path not absolute\n" },
	{ "control characters stay out of reports", V ",\"a\\u001bb\":1}",
	  "warning at $.a\\x1bb, line 1 col 33: unused key a\\x1bb\n" },
	{ "a zero byte in a name", V ",\"a\\u0000b\":1}",
	  "warning at $.a, line 1 col 33: unused key a\n" },
	{ "null unsets", V ",\"storage\":null,\"passwd\":{\"users\":null}}",
	  "warning at $.storage, line 1 col 43: null in the place of an object\n" },
	{ "a version as numbers go", "{\"ignition\":{\"version\":\"3.06.00\"}}", "" },
	{ "a version with metadata", "{\"ignition\":{\"version\":\"3.6.0+a\"}}",
	  "error: unsupported config version\n" },
	{ "a version that is not out yet", "{\"ignition\":{\"version\":\"3.7.0\"}}",
	  "error: unsupported config version\n" },
	{ "a version of two parts", "{\"ignition\":{\"version\":\"3.6\"}}",
	  "error: invalid config version (couldn't parse)\n" },
	{ "three that overlap: the first with the first it meets",
	  V
	  ",\"storage\":{\"disks\":[{\"device\":\"/d\",\"partitions\":[{\"number\":1,\"startMiB\":1,"
	  "\"sizeMiB\":1},{\"number\":2,\"startMiB\":8,\"sizeMiB\":8},{\"number\":3,\"startMiB\":9,"
	  "\"sizeMiB\":1}]}]}}",
	  "error at $.storage.disks.0.partitions.2, line 1 col 159: partitions overlap\n" },
	{ "one line for every link on the way",
	  V
	  ",\"storage\":{\"links\":[{\"path\":\"/a\",\"target\":\"x\"},{\"path\":\"/a/b\",\"target\":"
	  "\"x\"},{\"path\":\"/a/bc\",\"target\":\"x\"}],\"files\":[{\"path\":\"/a/b/c\"}]}}",
	  "error at $.storage.files.0, line 1 col 150: file path includes link in config\n"
	  "error at $.storage.files.0, line 1 col 150: file path includes link in config\n"
	  "error at $.storage.links.1, line 1 col 81: link path includes link in config\n"
	  "error at $.storage.links.2, line 1 col 110: link path includes link in config\n" },
	{ "a path with bad UTF-8 is read as Go reads it",
	  V ",\"storage\":{\"files\":[{\"path\":\"/\xff\"},{\"path\":\"/\\ud800\"}]}}",
	  "error at $.storage.files.1, line 1 col 68: duplicate entry defined\n" },
};

static void check_texts(void)
{
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct ign_parsed parsed = { 0 };
		char got[2048] = "";
		size_t used = 0;

		ign_parse(texts[i].text, strlen(texts[i].text), true, &parsed);
		for (size_t n = 0; n < parsed.report.count && used < 1500; n++) {
			used += ign_entry_format(&parsed.report.entries[n], got + used,
						 sizeof(got) - used);
			got[used++] = '\n';
			got[used] = '\0';
		}
		CHECK_TEXT(texts[i].name, got, texts[i].want);
		ign_free(&parsed);
	}
}

/* prefix, then times the middle, then suffix. */
static char *repeat(const char *prefix, const char *middle, size_t times, const char *suffix)
{
	size_t length = strlen(middle);
	char *text = malloc(strlen(prefix) + length * times + strlen(suffix) + 1);
	char *at = stpcpy(text, prefix);

	for (size_t i = 0; i < times; i++)
		at = stpcpy(at, middle);
	strcpy(at, suffix);
	return text;
}

static const struct {
	const char *name, *prefix, *middle;
	size_t times;
	const char *suffix, *want; /* the first line of the report */
} hostile[] = {
	{ "deep lists", "", "[", 100000, "", "error at line 1 col 10002: exceeded max depth" },
	{ "deep objects", V ",\"x\":", "{\"a\":", 100000, "1",
	  "error at line 1 col 50033: exceeded max depth" },
	{ "deep, but not too deep", V ",\"x\":", "[[[[[[[[[[", 999, "",
	  "error at line 0 col 0: unexpected end of JSON input, at the end of the text" },
	{ "more than 16 MiB", "", " ", IGN_BYTES_MAX + 1, "",
	  "error: larger than 16 MiB, or of more than 262144 values" },
	{ "too many values", V ",\"x\":[0", ",0", IGN_VALUES_MAX, "]}",
	  "error: larger than 16 MiB, or of more than 262144 values" },
	{ "10 MB of one string", V ",\"x\":\"", "0123456789", 1000000, "\"}",
	  "warning at $.x, line 1 col 33: unused key x" },
	{ "a name of 10 MB", V ",\"", "0123456789", 1000000, "\":1}", NULL },
	{ "100 thousand bad files", V ",\"storage\":{\"files\":[{\"path\":\"a\"}",
	  ",{\"path\":\"a\"}", 100000, "]}}",
	  "error at $.storage.files.0.path, line 1 col 61: path not absolute" },
	{ "50 thousand links through a link",
	  V ",\"storage\":{\"links\":[{\"path\":\"/\",\"target\":\"b\"}",
	  ",{\"path\":\"/\",\"target\":\"b\"}", 50000, "]}}",
	  "error at $.storage.links.1, line 1 col 80: duplicate entry defined" },
	{ "50 thousand links that lead nowhere", V ",\"storage\":{\"links\":[{\"path\":\"/a\"}",
	  ",{},{\"path\":\"/a\"}", 50000, "]}}",
	  "error at $.storage.links.0, line 1 col 54: link path includes link in config" },
	{ "a path of slashes", V ",\"storage\":{\"links\":[{\"target\":\"b\",\"path\":\"", "/",
	  5000000, "\"}]}}",
	  "error at $.storage.links.0.path, line 1 col 74: path is not fully simplified" },
	{ "50 thousand names that repeat", V ",\"storage\":{\"luks\":[]}",
	  ",\"storage\":{\"luks\":[]}", 50000, "}", NULL },
	{ "more partitions than are compared",
	  V ",\"storage\":{\"disks\":[{\"device\":\"/d\",\"partitions\":[{\"number\":1}",
	  ",{\"number\":1}", 100000, "]}]}}",
	  "error at $.storage.disks.0.partitions, line 1 col 82: more than 1024 partitions" },
	{ "instances of a template without [Install]",
	  V ",\"systemd\":{\"units\":[{\"name\":\"a@.service\",\"contents\":\"[A]\\nb=c\"}",
	  ",{\"name\":\"a@b.service\",\"enabled\":true}", 50000, "]}}",
	  "warning at $.systemd.units.1.contents, line 1 col 98: template unit \"a@.service\" for "
	  "\"a@b.service\" doesn't have Install section" },
};

static void check_hostile(void)
{
	for (size_t i = 0; i < ROWS(hostile); i++) {
		char *text = repeat(hostile[i].prefix, hostile[i].middle, hostile[i].times,
				    hostile[i].suffix);
		struct ign_parsed parsed = { 0 };
		char got[256] = "";

		ign_parse(text, strlen(text), true, &parsed);
		if (parsed.report.count > 0)
			ign_entry_format(&parsed.report.entries[0], got, sizeof(got));
		if (hostile[i].want)
			CHECK_TEXT(hostile[i].name, got, hostile[i].want);
		CHECK(hostile[i].name, parsed.report.count <= IGN_ENTRIES_MAX);
		ign_free(&parsed);
		free(text);
	}
	struct ign_parsed parsed = { 0 };
	CHECK("a zero byte in the text",
	      ign_parse(V "\0}", sizeof(V "\0}") - 1, true, &parsed) < 0);
	CHECK("and where", parsed.report.entries[0].offset == sizeof(V));
	ign_free(&parsed);
}

SUITE(ignition)
{
	check_data();
	check_texts();
	check_hostile();
}
