// SPDX-License-Identifier: Apache-2.0
/* See registries.h. As much of TOML 1.0 as those files have: tables, bare and quoted keys, strings
 * of one line, booleans; other values are passed over. */
#include "lib/oci/registries.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BARE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

struct reader {
	const char *at;
	unsigned line;
	bool elsewhere; /* in a table that is none of ours */
	struct oci_registries *registries;
	struct arena *arena;
	struct oci_registry *registry; /* NULL: before the first one */
	struct oci_location *mirror;   /* NULL: in the registry's own table */
	struct error *error;
};

static int bad(const struct reader *reader, const char *what)
{
	return error_set(reader->error, -EBADMSG, "line %u: %s", reader->line, what);
}

static void skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, " \t");
}

/* Blanks, comments, ends of lines. */
static void skip_space(struct reader *reader)
{
	for (;;) {
		reader->at += strspn(reader->at, " \t\r");
		if (*reader->at == '#')
			reader->at += strcspn(reader->at, "\n");
		if (*reader->at != '\n')
			return;
		reader->line++;
		reader->at++;
	}
}

static int end_line(struct reader *reader)
{
	reader->at += strspn(reader->at, " \t\r");
	return *reader->at == '\0' || *reader->at == '\n' || *reader->at == '#'
		       ? 0
		       : bad(reader, "something stands behind what should end the line");
}

/* out: NULL to pass it over. */
static int take_string(struct reader *reader, char *out, size_t room)
{
	const char quote = *reader->at++;
	size_t used = 0;

	for (; *reader->at != quote; reader->at++) {
		if (*reader->at == '\0' || *reader->at == '\n')
			return bad(reader, "a string does not end");
		if (quote == '"' && *reader->at == '\\' && *++reader->at != '"' &&
		    *reader->at != '\\')
			return bad(reader, "an escape that is not \\\" or \\\\");
		if (out && used + 1 >= room)
			return bad(reader, "a string is too long");
		if (out)
			out[used++] = *reader->at;
	}
	reader->at++;
	if (out)
		out[used] = '\0';
	return 0;
}

static bool at_string(const struct reader *reader)
{
	return *reader->at == '"' || *reader->at == '\'';
}

/* A value of any kind. */
static int skip_value(struct reader *reader)
{
	unsigned depth = 0;

	do {
		int r = 0;

		if (at_string(reader))
			r = take_string(reader, NULL, 0);
		else if (*reader->at == '[' || *reader->at == '{')
			depth++, reader->at++;
		else if (depth > 0 && (*reader->at == ']' || *reader->at == '}'))
			depth--, reader->at++;
		else if (depth > 0 && (*reader->at == ',' || *reader->at == '='))
			reader->at++;
		else if (strspn(reader->at, BARE "+.:") > 0)
			reader->at += strspn(reader->at, BARE "+.:");
		else
			return bad(reader, "a value is missing or does not end");
		if (r < 0)
			return r;
		if (depth > 0)
			skip_space(reader);
	} while (depth > 0);
	return 0;
}

static int take_bool(struct reader *reader, bool *ret)
{
	size_t length = strspn(reader->at, BARE);

	if (length == 4 && memcmp(reader->at, "true", 4) == 0)
		*ret = true;
	else if (length == 5 && memcmp(reader->at, "false", 5) == 0)
		*ret = false;
	else
		return bad(reader, "neither true nor false");
	reader->at += length;
	return 0;
}

/* A name or a part of one; the whole is checked once it is put together. */
static int take_name(struct reader *reader, char out[OCI_LOCATION_BYTES])
{
	int r = at_string(reader) ? take_string(reader, out, OCI_LOCATION_BYTES)
				  : bad(reader, "not a string");

	if (r == 0 && (strstr(out, "://") || text_ends(out, "/") || out[0] == '/'))
		return bad(reader, "a place is HOST[:PORT][/PATH], without http: and / at its end");
	return r;
}

static int take_pull_from(struct reader *reader, struct oci_location *location)
{
	char word[16];
	int r = at_string(reader) ? take_string(reader, word, sizeof(word))
				  : bad(reader, "not a string");

	if (r < 0)
		return r;
	location->not_by_tag = strcmp(word, "digest-only") == 0;
	location->not_by_digest = strcmp(word, "tag-only") == 0;
	return location->not_by_tag || location->not_by_digest || strcmp(word, "all") == 0
		       ? 0
		       : bad(reader, "pull-from-mirror is all, digest-only or tag-only");
}

static int take_registry_value(struct reader *reader, const char *key)
{
	struct oci_registry *registry = reader->registry;

	if (strcmp(key, "prefix") == 0)
		return take_name(reader, registry->prefix);
	if (strcmp(key, "location") == 0)
		return take_name(reader, registry->own.name);
	if (strcmp(key, "insecure") == 0)
		return take_bool(reader, &registry->own.insecure);
	if (strcmp(key, "blocked") == 0)
		return take_bool(reader, &registry->blocked);
	if (strcmp(key, "mirror-by-digest-only") == 0)
		return take_bool(reader, &registry->mirror_by_digest_only);
	return bad(reader, "a key that is not known in [[registry]]");
}

static int take_mirror_value(struct reader *reader, const char *key)
{
	if (strcmp(key, "location") == 0)
		return take_name(reader, reader->mirror->name);
	if (strcmp(key, "insecure") == 0)
		return take_bool(reader, &reader->mirror->insecure);
	if (strcmp(key, "pull-from-mirror") == 0)
		return take_pull_from(reader, reader->mirror);
	return bad(reader, "a key that is not known in [[registry.mirror]]");
}

static int take_key(struct reader *reader, char *out, size_t room)
{
	size_t length = strspn(reader->at, BARE ".");

	if (at_string(reader))
		return take_string(reader, out, room);
	if (length == 0 || text_copy(out, room, reader->at, length) < 0)
		return bad(reader, "no key, or one that is too long");
	reader->at += length;
	return 0;
}

static int take_pair(struct reader *reader)
{
	char key[256];
	int r = take_key(reader, key, sizeof(key));

	skip_blanks(reader);
	if (r == 0 && *reader->at != '=')
		return bad(reader, "a key without =");
	reader->at += r == 0;
	skip_blanks(reader);
	if (r == 0 && (reader->elsewhere || !reader->registry))
		r = skip_value(reader);
	else if (r == 0)
		r = reader->mirror ? take_mirror_value(reader, key)
				   : take_registry_value(reader, key);
	return r < 0 ? r : end_line(reader);
}

/* What is left of a table when the next one begins. */
static int finish(struct reader *reader)
{
	struct oci_registry *registry = reader->registry;

	if (!registry)
		return 0;
	if (registry->prefix[0] == '\0')
		strcpy(registry->prefix, registry->own.name);
	if (registry->prefix[0] == '\0')
		return bad(reader, "the [[registry]] above has neither prefix nor location");
	for (size_t i = 0; i < registry->count; i++)
		if (registry->mirrors[i].name[0] == '\0')
			return bad(reader, "a [[registry.mirror]] above has no location");
	for (struct oci_registry **at = &registry->next; *at; at = &(*at)->next)
		if (strcmp((*at)->prefix, registry->prefix) == 0) {
			*at = (*at)->next;
			reader->registries->count--;
			break;
		}
	return 0;
}

static int begin_registry(struct reader *reader)
{
	int r = finish(reader);

	if (r < 0)
		return r;
	if (reader->registries->count == OCI_REGISTRIES_MAX)
		return bad(reader, "too many registries");
	reader->registry = arena_get(reader->arena, 1, sizeof(*reader->registry));
	if (!reader->registry)
		return error_set(reader->error, -ENOMEM, "out of memory");
	reader->registry->next = reader->registries->first;
	reader->registries->first = reader->registry;
	reader->registries->count++;
	reader->mirror = NULL;
	return 0;
}

static int begin_mirror(struct reader *reader)
{
	if (!reader->registry)
		return bad(reader, "a mirror before its [[registry]]");
	if (reader->registry->count == OCI_MIRRORS_MAX)
		return bad(reader, "too many mirrors");
	reader->mirror = &reader->registry->mirrors[reader->registry->count++];
	return 0;
}

static int take_table(struct reader *reader)
{
	char name[256];
	unsigned brackets = reader->at[1] == '[' ? 2 : 1;
	int r;

	reader->at += brackets;
	skip_blanks(reader);
	r = take_key(reader, name, sizeof(name));
	skip_blanks(reader);
	if (r == 0 && (*reader->at != ']' || (brackets == 2 && reader->at[1] != ']')))
		return bad(reader, "a table's name without its brackets");
	if (r < 0)
		return r;
	reader->at += brackets;
	reader->elsewhere = false;
	if (brackets == 2 && strcmp(name, "registry") == 0)
		r = begin_registry(reader);
	else if (brackets == 2 && strcmp(name, "registry.mirror") == 0)
		r = begin_mirror(reader);
	else if (text_starts(name, "registr"))
		r = bad(reader, "version 1 of this file is not read: give [[registry]] tables");
	else
		reader->elsewhere = true;
	return r < 0 ? r : end_line(reader);
}

int oci_registries_parse(const char *text, struct oci_registries *registries, struct arena *arena,
			 struct error *error)
{
	struct reader reader = {
		.at = text, .line = 1, .registries = registries, .arena = arena, .error = error
	};
	int r = 0;

	skip_space(&reader);
	while (r == 0 && *reader.at != '\0') {
		r = *reader.at == '[' ? take_table(&reader) : take_pair(&reader);
		skip_space(&reader);
	}
	return r < 0 ? r : finish(&reader);
}

static const struct oci_registry *find(const struct oci_registries *registries, const char *name,
				       size_t *ret_length)
{
	const struct oci_registry *best = NULL;

	for (const struct oci_registry *at = registries->first; at; at = at->next) {
		size_t length = oci_prefix_fits(at->prefix, name);

		if (length > 0 && (!best || strlen(at->prefix) > strlen(best->prefix))) {
			best = at;
			*ret_length = length;
		}
	}
	return best;
}

static int place(const struct oci_location *location, const char *name, size_t length,
		 const struct oci_reference *reference, struct oci_endpoint *ret,
		 struct error *error)
{
	char text[2 * OCI_LOCATION_BYTES + OCI_REFERENCE_BYTES];
	struct oci_endpoint out = { .insecure = location->insecure };
	int r;

	snprintf(text, sizeof(text), "%s%s", location->name[0] ? location->name : name,
		 location->name[0] ? name + length : "");
	r = oci_reference_parse(text, &out.reference, error);
	if (r < 0)
		return error_wrap(error, "registries.conf");
	strcpy(out.reference.tag, reference->tag);
	strcpy(out.reference.digest, reference->digest);
	*ret = out;
	return 0;
}

static bool may_serve(const struct oci_registry *registry, const struct oci_location *mirror,
		      const struct oci_reference *reference)
{
	bool by_digest = reference->digest[0] != '\0';

	return by_digest ? !mirror->not_by_digest
			 : !mirror->not_by_tag && !registry->mirror_by_digest_only;
}

int oci_endpoints(const struct oci_registries *registries, const struct oci_reference *reference,
		  struct oci_endpoint ret[OCI_ENDPOINTS_MAX], size_t *ret_count,
		  struct error *error)
{
	char name[OCI_PLACE_BYTES];
	size_t count = 0, length = 0;
	const struct oci_registry *registry;
	int r = 0;

	oci_reference_place(reference, name);
	registry = find(registries, name, &length);
	if (!registry) {
		ret[0] = (struct oci_endpoint){ .reference = *reference };
		*ret_count = 1;
		return 0;
	}
	if (registry->blocked)
		return error_set(error, -EACCES, "registries.conf blocks %s", registry->prefix);
	for (size_t i = 0; i < registry->count && r == 0; i++)
		if (may_serve(registry, &registry->mirrors[i], reference))
			r = place(&registry->mirrors[i], name, length, reference, &ret[count++],
				  error);
	if (r == 0)
		r = place(&registry->own, name, length, reference, &ret[count++], error);
	*ret_count = count;
	return r;
}
