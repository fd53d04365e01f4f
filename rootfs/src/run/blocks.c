// SPDX-License-Identifier: Apache-2.0
/* See blocks.h. Must never give ids of which files may be somebody else's who still runs. */
#include "run/blocks.h"
#include "lib/run/users.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *block_path(const struct places *places, uint32_t block)
{
	return arena_format(places->arena, "%s/%" PRIu32, place_of(places, "users", NULL, NULL),
			    block);
}

static bool is_owner(const char *path, const char *owner)
{
	char found[512];
	ssize_t length = readlink(path, found, sizeof(found) - 1);

	if (length < 0)
		return false;
	found[length] = '\0';
	return strcmp(found, owner) == 0;
}

/* had: of each block, whether somebody has one of its ids. */
static void mark(const struct users_map *map, bool *had)
{
	for (size_t i = 0; i < map->count; i++) {
		uint64_t end = (uint64_t)map->at[i].outside + map->at[i].count;
		uint64_t block = map->at[i].outside / USERS_BLOCK;

		for (; block * USERS_BLOCK < end; block++)
			if (block >= USERS_BLOCK_FIRST && block - USERS_BLOCK_FIRST < USERS_BLOCKS)
				had[block - USERS_BLOCK_FIRST] = true;
	}
}

/* Who has no folder any more is a zombie, and who has everybody's ids is in our own namespace. */
static int mark_process(const char *pid, bool *had, struct error *error)
{
	static const char *const files[] = { "uid_map", "gid_map" };
	char path[300], text[1];
	struct users_map map;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		AUTO_FREE char *lines = NULL;

		snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
		if (readlink(path, text, sizeof(text)) < 0)
			return 0;
		snprintf(path, sizeof(path), "/proc/%s/%s", pid, files[i]);
		if (file_read(path, USERS_FILE_BYTES_MAX, &lines, NULL) < 0 || lines[0] == '\0')
			continue;
		if (users_map_parse(lines, &map, error) < 0)
			return error_wrap(error, "%s", path);
		if (!users_is_identity(&map))
			mark(&map, had);
	}
	return 0;
}

/* Those of processes that run: of a namespace that others have joined, and whose owner is gone; of
 * --uidmap=; of whoever else there is on the machine. */
static int mark_all(bool *had, struct error *error)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!processes)
		return error_errno(error, "open /proc");
	while (r == 0 && (entry = readdir(processes)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			r = mark_process(entry->d_name, had, error);
	closedir(processes);
	return r;
}

/* Making a link is taking the block: there is one at most. */
static int take(const struct places *places, const char *owner, const bool *had, uint32_t *ret,
		struct error *error)
{
	uint32_t first = users_first_block(owner);

	for (uint32_t i = 0; i < USERS_BLOCKS; i++) {
		uint32_t block = (first + i) % USERS_BLOCKS;
		const char *path = block_path(places, block);

		*ret = USERS_BLOCK_FIRST + block;
		if (had[block])
			continue;
		if (symlink(owner, path) == 0 || is_owner(path, owner))
			return 0;
		if (errno != EEXIST && errno != EINVAL)
			return error_errno(error, "make %s", path);
	}
	return error_set(error, -EUSERS, "all ranges of ids are taken");
}

int blocks_take(const struct places *places, const char *owner, uint32_t *ret, struct error *error)
{
	bool *had = calloc(USERS_BLOCKS, sizeof(*had));
	int r = place_make(place_of(places, "users", NULL, NULL), false, error);

	if (r == 0 && !had)
		r = error_set(error, -ENOMEM, "out of memory");
	if (r == 0)
		r = mark_all(had, error);
	if (r == 0)
		r = take(places, owner, had, ret, error);
	free(had);
	return r;
}

void blocks_release(const struct places *places, const char *owner)
{
	const char *folder = place_of(places, "users", NULL, NULL);
	DIR *blocks = opendir(folder);
	struct dirent *entry;

	while (blocks && (entry = readdir(blocks))) {
		const char *path = arena_format(places->arena, "%s/%s", folder, entry->d_name);

		if (is_owner(path, owner))
			unlink(path);
	}
	if (blocks)
		closedir(blocks);
}
