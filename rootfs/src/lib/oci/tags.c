// SPDX-License-Identifier: Apache-2.0
/* See tags.h. */
#include "lib/oci/tags.h"
#include "lib/oci/fields.h"
#include "lib/oci/reference.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

static bool has(const struct words *tags, const char *tag)
{
	for (size_t i = 0; i < tags->count; i++)
		if (strcmp(tags->at[i], tag) == 0)
			return true;
	return false;
}

static int add(const struct json *json, uint32_t node, struct arena *arena, struct words *tags,
	       struct error *error)
{
	char tag[sizeof(((struct oci_reference *)0)->tag)];
	const char *copy;

	if (oci_text(json, node, tag, sizeof(tag)) < 0 || !oci_tag_valid(tag))
		return error_set(error, -EBADMSG, "a list of tags with what is no tag");
	if (has(tags, tag))
		return 0;
	if (tags->count == OCI_TAGS_MAX)
		return error_set(error, -E2BIG, "over %d tags; name those that are wanted",
				 OCI_TAGS_MAX);
	copy = arena_copy(arena, tag, strlen(tag));
	if (!copy)
		return error_set(error, -ENOMEM, "out of memory");
	words_add(tags, arena, copy);
	return 0;
}

int oci_tags_add(const char *text, size_t size, struct arena *arena, struct words *tags,
		 struct error *error)
{
	struct json json;
	uint32_t list;
	int r = oci_parse_object(text, size, &json, error);

	if (r < 0)
		return r;
	list = json_member(&json, 0, "tags");
	if (list == 0 ||
	    (json.nodes[list].type != JSON_ARRAY && json.nodes[list].type != JSON_NULL))
		r = error_set(error, -EBADMSG, "no list of tags");
	for (uint32_t node = r == 0 ? json_first(&json, list) : 0; node && r == 0;
	     node = json.nodes[node].next)
		r = add(&json, node, arena, tags, error);
	json_free(&json);
	return r;
}

static bool is_next(const char *parameters)
{
	static const char *const forms[] = { "rel=\"next\"", "rel=next" };
	size_t length = strcspn(parameters, "<");

	for (size_t i = 0; i < 2; i++) {
		const char *found = strstr(parameters, forms[i]);

		if (found && (size_t)(found - parameters) < length)
			return true;
	}
	return false;
}

/* What stands in < >, of several links of the one to the next page; or NULL. */
static const char *find_next(const char *link, const char **ret_end)
{
	const char *begin = strchr(link, '<'), *end;

	for (; begin; begin = strchr(end, '<')) {
		end = strchr(begin, '>');
		if (!end)
			return NULL;
		*ret_end = end;
		if (is_next(end))
			return begin;
	}
	return NULL;
}

int oci_tags_next(const char *link, char ret[OCI_PAGE_BYTES], struct error *error)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-._~!$&'()*+,;=:@/?%";
	const char *end, *begin = link ? find_next(link, &end) : NULL;
	size_t length;

	ret[0] = '\0';
	if (!begin)
		return 0;
	begin += strcspn(begin, "?>");
	if (*begin == '?')
		begin++;
	length = (size_t)(end - begin);
	if (length == 0 || strspn(begin, letters) != length ||
	    text_copy(ret, OCI_PAGE_BYTES, begin, length) < 0)
		return error_set(error, -EBADMSG, "a list of tags with no query to its next page");
	return 0;
}
