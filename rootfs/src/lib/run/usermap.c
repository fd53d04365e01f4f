// SPDX-License-Identifier: Apache-2.0
/* See usermap.h. */
#include "lib/run/usermap.h"
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

int users_map_add(struct users_map *map, uint32_t inside, uint32_t outside, uint32_t count,
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

int users_map_fill(struct users_map *map, uint32_t first, uint32_t count, struct error *error)
{
	size_t given = map->count;
	uint32_t at = 0;
	int r = 0;

	while (at < count && r == 0) {
		uint32_t end = count, next = at;

		for (size_t i = 0; i < given; i++) {
			uint32_t inside = map->at[i].inside;

			if (at >= inside && at - inside < map->at[i].count)
				next = inside + map->at[i].count;
			else if (inside > at && inside < end)
				end = inside;
		}
		if (next == at)
			r = users_map_add(map, at, first + at, end - at, error);
		at = next == at ? end : next;
	}
	return r;
}

int users_map_add_text(struct users_map *map, const char *text, struct error *error)
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
				 "%s: ID:ID-OF-THE-MACHINE:COUNT, numbers without + or @", text);
	return users_map_add(map, inside, outside, count, error);
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
		r = users_map_add(ret, inside, outside, count, error);
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

static int by_outside(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b; /* START, COUNT */

	return (*left > *right) - (*left < *right);
}

/* What stands behind NAME: in a line. False: it is another name's. */
static bool take_name(const char **line, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(*line, name, length) != 0 || (*line)[length] != ':')
		return false;
	*line += length + 1;
	return true;
}

int users_map_of_name(const char *text, const char *name, struct users_map *ret,
		      struct error *error)
{
	uint32_t ranges[USERS_RANGES_MAX][2], inside = 0;
	size_t count = 0;
	int r = 0;

	*ret = (struct users_map){ 0 };
	for (const char *next; *text != '\0'; text = next) {
		const char *line = text;

		next = text + strcspn(text, "\n");
		next += *next == '\n';
		if (!take_name(&line, name))
			continue;
		if (count == USERS_RANGES_MAX)
			return error_set(error, -E2BIG, "over %d ranges of ids", USERS_RANGES_MAX);
		if (take_number(&line, ":", &ranges[count][0]) < 0 ||
		    take_number(&line, "\n", &ranges[count][1]) < 0)
			return error_set(error, -EBADMSG, "no NAME:FIRST-ID:COUNT: %.*s",
					 (int)strcspn(text, "\n"), text);
		count++;
	}
	if (count == 0)
		return error_set(error, -ENOENT, "no line of %s", name);
	qsort(ranges, count, sizeof(ranges[0]), by_outside);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = users_map_add(ret, inside, ranges[i][0], ranges[i][1], error);
		inside += ranges[i][1];
	}
	return r;
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
