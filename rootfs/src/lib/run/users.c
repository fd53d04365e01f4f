// SPDX-License-Identifier: Apache-2.0
/* See users.h. */
#include "lib/run/users.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_DIGITS 10

/* A number that ends with the text or at one of stops, after which text goes on. */
static int take_number(const char **text, const char *stops, uint32_t *ret)
{
	size_t length = strcspn(*text, stops);
	char digits[NUMBER_DIGITS + 1];
	uint64_t number;

	if (text_copy(digits, sizeof(digits), *text, length) < 0 ||
	    text_to_number(digits, UINT32_MAX, &number) < 0)
		return -EINVAL;
	*ret = (uint32_t)number;
	*text += length + ((*text)[length] != '\0');
	return 0;
}

static bool overlaps(uint32_t a, uint32_t a_count, uint32_t b, uint32_t b_count)
{
	return (uint64_t)a < (uint64_t)b + b_count && (uint64_t)b < (uint64_t)a + a_count;
}

static int add_range(struct users_map *map, uint32_t inside, uint32_t outside, uint32_t count,
		     struct error *error)
{
	if (count == 0 || (uint64_t)inside + count > UINT32_MAX ||
	    (uint64_t)outside + count > UINT32_MAX)
		return error_set(error, -EINVAL,
				 "%" PRIu32 ":%" PRIu32 ":%" PRIu32 " is no range of ids", inside,
				 outside, count);
	if (map->count == USERS_RANGES_MAX)
		return error_set(error, -E2BIG, "over %d ranges of ids", USERS_RANGES_MAX);
	for (size_t i = 0; i < map->count; i++)
		if (overlaps(map->at[i].inside, map->at[i].count, inside, count) ||
		    overlaps(map->at[i].outside, map->at[i].count, outside, count))
			return error_set(error, -EINVAL,
					 "%" PRIu32 ":%" PRIu32 ":%" PRIu32
					 " has ids of another range",
					 inside, outside, count);
	map->at[map->count].inside = inside;
	map->at[map->count].outside = outside;
	map->at[map->count++].count = count;
	return 0;
}

/* INSIDE:OUTSIDE[:COUNT] */
static int add_option(const char *option, const char *text, struct users_map *map,
		      struct error *error)
{
	uint32_t inside, outside, count = 1;
	const char *at = text;
	int r = take_number(&at, ":", &inside);

	if (r == 0)
		r = take_number(&at, ":", &outside);
	if (r == 0 && *at != '\0')
		r = take_number(&at, "", &count);
	if (r < 0)
		return error_set(error, -EINVAL,
				 "--%s=%s: ID:ID-OF-THE-MACHINE:COUNT, numbers without + or @",
				 option, text);
	r = add_range(map, inside, outside, count, error);
	return r < 0 ? error_wrap(error, "--%s", option) : 0;
}

static int add_options(const char *option, const struct words *texts, struct users_map *map,
		       struct error *error)
{
	int r = 0;

	for (size_t i = 0; i < texts->count && r == 0; i++)
		r = add_option(option, texts->at[i], map, error);
	return r;
}

static int choose_maps(const struct run_options *options, struct users_choice *ret,
		       struct error *error)
{
	int r = add_options("uidmap", &options->uidmaps, &ret->uids, error);

	ret->kind = USERS_MAPPED;
	if (r == 0)
		r = add_options("gidmap", &options->gidmaps, &ret->gids, error);
	if (ret->uids.count == 0)
		ret->uids = ret->gids;
	if (ret->gids.count == 0)
		ret->gids = ret->uids;
	return r;
}

/* Settings NAME=NUMBER behind the colon, with commas between. */
struct setting {
	const char *name;
	uint32_t *value;
};

static int take_settings(const char *value, const struct setting *settings, size_t count,
			 struct error *error)
{
	const char *at = strchr(value, ':');

	for (at = at ? at + 1 : ""; *at != '\0';) {
		size_t i, length = strcspn(at, "=,");

		for (i = 0; i < count && (strlen(settings[i].name) != length ||
					  strncmp(settings[i].name, at, length) != 0);
		     i++)
			;
		if (i == count || at[length] != '=')
			return error_set(error, -EOPNOTSUPP, "--userns=%s: %.*s is not supported",
					 value, (int)length, at);
		at += length + 1;
		if (take_number(&at, ",", settings[i].value) < 0)
			return error_set(error, -EINVAL, "--userns=%s: %s takes a number", value,
					 settings[i].name);
	}
	return 0;
}

/* For root podman keeps all ids, and uid and gid are only who runs. */
static int choose_keep_id(const char *value, struct users_choice *ret, struct error *error)
{
	const struct setting settings[] = { { "uid", &ret->uid }, { "gid", &ret->gid } };

	ret->kind = USERS_MAPPED;
	ret->keeps_id = true;
	ret->uids.count = ret->gids.count = 1;
	ret->uids.at[0].count = ret->gids.at[0].count = UINT32_MAX;
	return take_settings(value, settings, 2, error);
}

static int choose_auto(const char *value, struct users_choice *ret, struct error *error)
{
	const struct setting settings[] = { { "size", &ret->size } };
	int r = take_settings(value, settings, 1, error);

	ret->kind = USERS_AUTO;
	if (r == 0 && (ret->size == 0 || ret->size > USERS_BLOCK))
		r = error_set(error, -EINVAL, "--userns=%s: a size is 1 to %" PRIu32, value,
			      USERS_BLOCK);
	return r;
}

static bool is(const char *kind, const char *value)
{
	size_t length = strlen(kind);

	return strncmp(value, kind, length) == 0 && (value[length] == '\0' || value[length] == ':');
}

int users_choose(const struct run_options *options, struct users_choice *ret, struct error *error)
{
	const char *value = options->userns ? options->userns : "";
	bool maps = options->uidmaps.count + options->gidmaps.count > 0;

	*ret = (struct users_choice){ .size = USERS_BLOCK };
	if (maps && !text_is_one_of("private", value) && *value != '\0')
		return error_set(error, -EINVAL, "--userns=%s goes with no --uidmap and --gidmap",
				 value);
	if (maps)
		return choose_maps(options, ret, error);
	if (*value == '\0' || strcmp(value, "host") == 0)
		return 0;
	if (is("keep-id", value))
		return choose_keep_id(value, ret, error);
	if (is("auto", value))
		return choose_auto(value, ret, error);
	ret->kind = USERS_JOIN;
	if (text_starts(value, "ns:/"))
		ret->path = value + 3;
	else if (text_starts(value, "container:") && run_is_name(value + 10))
		ret->container = value + 10;
	else
		return error_set(error, -EINVAL,
				 "--userns=%s is not supported; there is: host auto[:size=N] "
				 "keep-id[:uid=N,gid=N] ns:PATH container:NAME",
				 value);
	return 0;
}

uint32_t users_first_block(const char *name)
{
	uint8_t bytes[SHA256_BYTES];
	struct sha256 sha;

	sha256_start(&sha);
	sha256_add(&sha, name, strlen(name));
	sha256_finish(&sha, bytes);
	return ((uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2]) % USERS_BLOCKS;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

int users_map_parse(const char *text, struct users_map *ret, struct error *error)
{
	*ret = (struct users_map){ 0 };
	while (*text != '\0') {
		const char *at = skip_blanks(text);
		uint32_t inside, outside, count;
		int r = take_number(&at, " \t", &inside);

		at = skip_blanks(at);
		if (r == 0)
			r = take_number(&at, " \t", &outside);
		at = skip_blanks(at);
		if (r == 0)
			r = take_number(&at, " \t\n", &count);
		if (r < 0)
			return error_set(error, -EBADMSG, "no map of ids: %.40s", text);
		r = add_range(ret, inside, outside, count, error);
		if (r < 0)
			return r;
		text = at;
	}
	return 0;
}

void users_map_text(const struct users_map *map, char ret[USERS_TEXT_BYTES])
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < map->count; i++)
		used += (size_t)snprintf(ret + used, USERS_TEXT_BYTES - used,
					 "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", map->at[i].inside,
					 map->at[i].outside, map->at[i].count);
}

uint32_t users_outside(const struct users_map *map, uint32_t inside)
{
	for (size_t i = 0; i < map->count; i++)
		if (inside >= map->at[i].inside && inside - map->at[i].inside < map->at[i].count)
			return map->at[i].outside + (inside - map->at[i].inside);
	return map->count == 0 ? inside : USERS_NOBODY;
}

bool users_is_identity(const struct users_map *map)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->at[i].inside != map->at[i].outside)
			return false;
	return true;
}
