// SPDX-License-Identifier: Apache-2.0
/* See check.h. */
#include "lib/ignition/check.h"
#include "lib/path.h"
#include "lib/url.h"
#include <stdlib.h>

/* Looking for places takes time in lists that are long, and none is needed for a report that is
 * full already. */
static bool counted_only(struct check *check, const struct ign_place *place, bool warning,
			 const char *message)
{
	if (check->report->count < IGN_ENTRIES_MAX)
		return false;
	ign_report_add(check->report, check->json, place, warning, message);
	return true;
}

static void report_at(struct check *check, const struct ign_place *place, const char *key,
		      bool warning, const char *message)
{
	struct ign_place member;

	if (!message || counted_only(check, place, warning, message))
		return;
	if (key) {
		member = ign_place_member(check->json, place, key);
		place = &member;
	}
	ign_report_add(check->report, check->json, place, warning, message);
}

static void report_in(struct check *check, const struct ign_place *place, const char *key,
		      size_t index, const char *inner, bool warning, const char *message)
{
	struct ign_place list, entry;
	uint32_t node;

	if (!message || counted_only(check, place, warning, message))
		return;
	list = ign_place_member(check->json, place, key);
	node = list.node == IGN_NO_NODE ? 0 : json_first(check->json, list.node);
	for (size_t i = 0; i < index && node; i++)
		node = check->json->nodes[node].next;
	entry = ign_place_entry(&list, index, node ? node : IGN_NO_NODE);
	report_at(check, &entry, inner, warning, message);
}

void ign_error(struct check *check, const struct ign_place *place, const char *message)
{
	report_at(check, place, NULL, false, message);
}

void ign_error_at(struct check *check, const struct ign_place *place, const char *key,
		  const char *message)
{
	report_at(check, place, key, false, message);
}

void ign_error_in(struct check *check, const struct ign_place *place, const char *list,
		  size_t index, const char *key, const char *message)
{
	report_in(check, place, list, index, key, false, message);
}

void ign_warning_at(struct check *check, const struct ign_place *place, const char *key,
		    const char *message)
{
	report_at(check, place, key, true, message);
}

void ign_warning_in(struct check *check, const struct ign_place *place, const char *list,
		    size_t index, const char *key, const char *message)
{
	report_in(check, place, list, index, key, true, message);
}

const char *ign_path_problem(const struct ign_text *path)
{
	if (ign_empty(path))
		return "path not specified";
	if (path->at[0] != '/')
		return "path not absolute";
	return path_is_clean(path->at, path->length) ? NULL : "path is not fully simplified";
}

static const char *version_id_problem(const struct url *url)
{
	bool empty;

	return url_query(url, "versionId", &empty) && empty ? "invalid S3 object VersionId" : NULL;
}

static size_t count_of(const char *text, size_t size, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == c;
	return count;
}

/* arn:PARTITION:s3:REGION:ACCOUNT:RESOURCE, as what follows "arn:". An access point's resource is
 * accesspoint/NAME/OBJECT, else it is BUCKET/OBJECT. */
static const char *arn_problem(const struct url *url)
{
	static const char wrong[] = "invalid S3 ARN format";
	const char *at = url->opaque, *end = at + url->opaque_length, *service = NULL;
	size_t slashes = count_of(at, url->opaque_length, '/'), service_length = 0;

	for (int section = 1; section < 5; section++) {
		const char *colon = at < end ? memchr(at, ':', (size_t)(end - at)) : NULL;

		if (!colon)
			return wrong;
		if (section == 2) {
			service = at;
			service_length = (size_t)(colon - at);
		}
		at = colon + 1;
	}
	if (service_length != 2 || memcmp(service, "s3", 2) != 0)
		return wrong;
	if (end - at >= 12 && memcmp(at, "accesspoint/", 12) == 0 && slashes < 2)
		return wrong;
	return slashes < 1 ? wrong : version_id_problem(url);
}

const char *ign_url_problem(enum ign_version version, const struct ign_text *text)
{
	static const char *const fetched[] = { "http", "https", "tftp", NULL };
	struct ign_text scheme;
	struct url url;

	if (url_parse(text->at ? text->at : "", text->length, &url) < 0)
		return "unable to parse url";
	scheme = (struct ign_text){ url.scheme, strlen(url.scheme) };
	if (ign_is_one_of(&scheme, fetched) || (version >= IGN_3_2 && ign_is(&scheme, "gs")))
		return NULL;
	if (ign_is(&scheme, "s3"))
		return version_id_problem(&url);
	if (version >= IGN_3_4 && ign_is(&scheme, "arn"))
		return arn_problem(&url);
	if (ign_is(&scheme, "data"))
		return url_check_data(text->at, text->length);
	return "invalid url scheme";
}

static int by_text(const void *a, const void *b)
{
	const struct ign_text *const *left = a, *const *right = b;

	return ign_text_compare(*left, *right);
}

void ign_names_sort(struct ign_names *names)
{
	if (names->count > 1)
		qsort(names->at, names->count, sizeof(struct ign_text *), by_text);
}

/* How many stand before the text, or with_equal before what is greater than it. */
static size_t rank(const struct ign_names *names, const struct ign_text *text, bool with_equal)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = ign_text_compare(names->at[middle], text);

		if (order < 0 || (order == 0 && with_equal))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t ign_names_count(const struct ign_names *names, const char *text, size_t length)
{
	const struct ign_text wanted = { text, length };

	return rank(names, &wanted, true) - rank(names, &wanted, false);
}
