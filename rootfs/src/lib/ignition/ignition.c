// SPDX-License-Identifier: Apache-2.0
/* From text to config and report; see ignition.h. */
#include "lib/ignition/ignition.h"
#include "lib/ignition/decode.h"
#include <errno.h>
#include <string.h>

/* "+3" and "03" are numbers to the reference implementation. */
static const char *take_number(const char *at, const char *end, int64_t *ret)
{
	bool negative = at < end && *at == '-';
	const char *from;

	*ret = 0;
	at += at < end && (*at == '-' || *at == '+');
	for (from = at; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(*ret, INT64_C(10), ret) ||
		    __builtin_add_overflow(*ret, (int64_t)(*at - '0'), ret))
			return NULL;
	if (negative)
		*ret = -*ret;
	return at > from ? at : NULL;
}

static bool is_identifier(const char *at, const char *end)
{
	for (; at < end; at++)
		if (!((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
		      (*at >= 'A' && *at <= 'Z') || *at == '-' || *at == '.'))
			return false;
	return true;
}

/* A semantic version, as far as it matters: MAJOR.MINOR.PATCH-PRERELEASE; metadata after a plus
 * makes it another one than any that is known. */
struct version {
	int64_t parts[3];
	const char *prerelease;
	size_t prerelease_length;
	bool metadata;
};

static bool parse_version(const struct ign_text *text, struct version *ret)
{
	const char *at = text->at ? text->at : "", *end = at + text->length;
	const char *plus = text->length ? memchr(at, '+', text->length) : NULL;
	const char *dash, *stop;

	*ret = (struct version){ .prerelease = "", .metadata = plus && plus + 1 < end };
	if (plus && !is_identifier(plus + 1, end))
		return false;
	stop = plus ? plus : end;
	dash = at < stop ? memchr(at, '-', (size_t)(stop - at)) : NULL;
	if (dash) {
		ret->prerelease = dash + 1;
		ret->prerelease_length = (size_t)(stop - dash - 1);
		if (!is_identifier(dash + 1, stop))
			return false;
		stop = dash;
	}
	for (int i = 0; i < 3; i++) {
		at = take_number(at, stop, &ret->parts[i]);
		if (!at || (i < 2 && (at == stop || *at++ != '.')))
			return false;
	}
	return at == stop;
}

/* IGN_VERSIONS for one that is not known. */
static enum ign_version known_version(const struct version *version)
{
	static const char experimental[] = "experimental";
	bool is_experimental = version->prerelease_length == strlen(experimental) &&
			       memcmp(version->prerelease, experimental, strlen(experimental)) == 0;

	if (version->parts[0] != 3 || version->parts[2] != 0 || version->metadata ||
	    version->parts[1] < 0 || version->parts[1] >= IGN_VERSIONS)
		return IGN_VERSIONS;
	if (version->parts[1] == IGN_3_7_EXPERIMENTAL)
		return is_experimental ? IGN_3_7_EXPERIMENTAL : IGN_VERSIONS;
	return version->prerelease_length == 0 ? (enum ign_version)version->parts[1] : IGN_VERSIONS;
}

/* The version is read first: it says what the rest may be. */
static int find_version(const struct json *json, struct ign_parsed *parsed)
{
	struct ign_config only_version = { 0 };
	struct version version;
	int r = ign_decode(json, IGN_3_0, &ign_version_type, &parsed->arena, &parsed->report,
			   &only_version);

	if (r < 0 || parsed->report.errors > 0)
		return r < 0 ? r : -EBADMSG;
	if (!parse_version(&only_version.ignition.version, &version)) {
		ign_report_add_text(&parsed->report, UINT32_MAX,
				    "invalid config version (couldn't parse)");
		return -EBADMSG;
	}
	parsed->version = known_version(&version);
	if (parsed->version == IGN_VERSIONS) {
		ign_report_add_text(&parsed->report, UINT32_MAX, "unsupported config version");
		return -EBADMSG;
	}
	return 0;
}

/* Before spec 3.6.0 these bits of a mode, of which the checks warn, do nothing. They go here and
 * not where modes are set, since a config that was merged no longer says which version each had. */
static void drop_special_bits(struct ign_storage *storage)
{
	for (size_t i = 0; i < storage->files.count; i++)
		storage->files.at[i].mode.value &= ~INT64_C(07000);
	for (size_t i = 0; i < storage->directories.count; i++)
		storage->directories.at[i].mode.value &= ~INT64_C(07000);
}

static int parse(const struct json *json, bool validate, struct ign_parsed *parsed)
{
	int r = find_version(json, parsed);

	if (r == 0)
		r = ign_decode(json, parsed->version, &ign_config_type, &parsed->arena,
			       &parsed->report, &parsed->config);
	if (r == 0 && validate && parsed->report.errors == 0)
		r = ign_validate(json, parsed->version, &parsed->config, &parsed->report);
	if (r == 0 && validate && parsed->version < IGN_3_6)
		drop_special_bits(&parsed->config.storage);
	return r == 0 && parsed->report.errors > 0 ? -EBADMSG : r;
}

/* Go's position is the byte behind the wrong one, which the text may not have. */
static void report_syntax(struct ign_report *report, const struct json_problem *problem,
			  size_t size)
{
	const char *where = problem->offset >= size ? ", at the end of the text" : "";

	ign_report_add_text(report, problem->offset,
			    ign_report_format(report, "%s%s", problem->text, where));
}

static int parse_text(const char *text, size_t size, bool validate, struct ign_parsed *parsed)
{
	struct json_problem problem;
	struct json json;
	int r;

	if (size == 0) {
		ign_report_add_text(&parsed->report, UINT32_MAX, "not a config (empty)");
		return -EBADMSG;
	}
	r = size > IGN_BYTES_MAX ? -E2BIG : json_parse(text, size, IGN_VALUES_MAX, &json, &problem);
	if (r == -E2BIG)
		ign_report_add_text(&parsed->report, UINT32_MAX,
				    "larger than 16 MiB, or of more than 262144 values");
	if (r == -EBADMSG)
		report_syntax(&parsed->report, &problem, size);
	if (r < 0)
		return r == -ENOMEM ? r : -EBADMSG;
	r = parse(&json, validate, parsed);
	json_free(&json);
	return r;
}

int ign_parse(const char *text, size_t size, bool validate, struct ign_parsed *ret)
{
	int r;

	ret->report.arena = &ret->arena;
	r = parse_text(text, size, validate, ret);
	ign_report_locate(&ret->report, text, size);
	return r;
}

int ign_check_merged(struct ign_parsed *merged)
{
	int r = ign_validate(NULL, merged->version, &merged->config, &merged->report);

	return r == 0 && merged->report.errors > 0 ? -EBADMSG : r;
}

void ign_free(struct ign_parsed *parsed)
{
	arena_free(&parsed->arena);
	*parsed = (struct ign_parsed){ 0 };
}
