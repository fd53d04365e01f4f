// SPDX-License-Identifier: Apache-2.0
/* Device files for a container: --device, and all of the machine's for a privileged one. */
#include "lib/text.h"
#include "run/start.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEVICES_MAX 4096

static int add(struct start *start, const char *path, const struct stat *status,
	       struct error *error)
{
	struct run_plan *plan = &start->plan;

	if (!plan->devices)
		plan->devices =
			arena_get(start->places->arena, DEVICES_MAX, sizeof(*plan->devices));
	if (!plan->devices)
		return error_set(error, -ENOMEM, "out of memory");
	if (plan->device_count == DEVICES_MAX)
		return error_set(error, -E2BIG, "more than %d devices", DEVICES_MAX);
	plan->devices[plan->device_count++] = (struct run_device){
		.path = path,
		.block = S_ISBLK(status->st_mode),
		.major = major(status->st_rdev),
		.minor = minor(status->st_rdev),
		.mode = status->st_mode & 0777,
		.uid = status->st_uid,
		.gid = status->st_gid,
	};
	return 0;
}

/* Those that the runtime makes, and those that are mounted over. */
static bool is_own(const char *name)
{
	return text_is_one_of("null zero full random urandom tty console ptmx pts shm mqueue fd "
			      "stdin stdout stderr",
			      name);
}

/* Devices in a folder and in those in it; depth keeps it from going on for ever. */
static int add_folder(struct start *start, const char *from, const char *to, int depth,
		      struct error *error)
{
	DIR *folder = opendir(from);
	struct dirent *entry;
	int r = 0;

	if (!folder)
		return error_errno(error, "open %s", from);
	while (r == 0 && (entry = readdir(folder))) {
		const char *path = arena_format(start->places->arena, "%s/%s", from, entry->d_name);
		const char *place = arena_format(start->places->arena, "%s/%s", to, entry->d_name);
		struct stat status;

		if (entry->d_name[0] == '.' || is_own(entry->d_name) || lstat(path, &status) < 0)
			continue;
		if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
			r = add(start, place, &status, error);
		else if (S_ISDIR(status.st_mode) && depth > 0)
			r = add_folder(start, path, place, depth - 1, error);
	}
	closedir(folder);
	return r;
}

/* SOURCE[:PLACE][:rwm]; with - in front it is left out when it is not there. */
static int add_option(struct start *start, const char *text, struct error *error)
{
	struct arena *arena = start->places->arena;
	bool optional = text[0] == '-';
	const char *words = text + optional;
	size_t length = strcspn(words, ":");
	const char *source = arena_copy(arena, words, length), *place = source;
	struct stat status;

	if (!source || source[0] != '/')
		return error_set(error, -EINVAL, "--device=%s: a device is a path below /dev",
				 text);
	words += length + (words[length] == ':');
	length = strcspn(words, ":");
	if (words[0] == '/')
		place = arena_copy(arena, words, length);
	else if (words[strspn(words, "rwm")] != '\0')
		return error_set(error, -EINVAL, "--device=%s: PATH[:PLACE][:rwm]", text);
	if (stat(source, &status) < 0)
		return optional ? 0 : error_errno(error, "--device=%s", text);
	if (S_ISDIR(status.st_mode))
		return add_folder(start, source, place, 4, error);
	if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode))
		return error_set(error, -ENODEV, "--device=%s is no device", text);
	return add(start, place, &status, error);
}

int start_devices(struct start *start, struct error *error)
{
	const struct words *devices = &start->options->devices;
	int r = 0;

	if (start->options->privileged)
		r = add_folder(start, "/dev", "/dev", 2, error);
	for (size_t i = 0; i < devices->count && r == 0; i++)
		r = add_option(start, devices->at[i], error);
	return r;
}
