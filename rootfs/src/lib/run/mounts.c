// SPDX-License-Identifier: Apache-2.0
/* See mounts.h. */
#include "lib/run/mounts.h"
#include "lib/path.h"
#include "lib/run/mountoptions.h"
#include "lib/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOUNTS_MAX 1000
#define WRITABLE_PLACES 3

struct list {
	struct run_mount *at;
	size_t count, room;
	struct arena *arena;
	struct error *error;
};

static int no_memory(struct list *list)
{
	return error_set(list->error, -ENOMEM, "out of memory");
}

static const char *clean_path(struct arena *arena, const char *path)
{
	size_t length = strlen(path);
	char *out = arena_get(arena, length + 2, 1);

	if (out)
		path_clean(path, length, out);
	return out;
}

/* What comes later for the same place counts. */
static int add(struct list *list, const struct run_mount *mount)
{
	size_t i = 0;

	if (mount->destination[0] != '/')
		return error_set(list->error, -EINVAL, "%s: a place in a container begins with /",
				 mount->destination);
	if (strcmp(mount->destination, "/") == 0)
		return error_set(list->error, -EINVAL,
				 "nothing can be mounted over a container's /");
	while (i < list->count && strcmp(list->at[i].destination, mount->destination) != 0)
		i++;
	if (i == list->room)
		return error_set(list->error, -E2BIG, "more than %d mounts", MOUNTS_MAX);
	list->at[i] = *mount;
	list->count += i == list->count;
	return 0;
}

static const char *take(struct arena *arena, const char *text, size_t length)
{
	const char *copy = arena_copy(arena, text, length);

	return copy ? copy : "";
}

static int take_options(struct list *list, struct run_mount *mount, const char *options)
{
	while (*options != '\0') {
		size_t length = strcspn(options, ",");
		int r = mount_option(mount, take(list->arena, options, length), list->arena,
				     list->error);

		if (r < 0)
			return r;
		options += length + (options[length] == ',');
	}
	return 0;
}

/* A path, a name, or nothing before the place. */
static void set_source(struct run_mount *mount, const char *source)
{
	mount->source = source;
	mount->kind = source[0] == '/' || source[0] == '.' ? RUN_MOUNT_BIND : RUN_MOUNT_VOLUME;
}

static int check_source(struct list *list, const struct run_mount *mount)
{
	if (mount->kind == RUN_MOUNT_BIND && mount->source[0] != '/')
		return error_set(list->error, -EINVAL, "%s: a path of the host begins with /",
				 mount->source);
	if (mount->kind == RUN_MOUNT_VOLUME && !run_is_name(mount->source))
		return error_set(list->error, -EINVAL, "%s is no name of a volume", mount->source);
	return 0;
}

/* [SOURCE:]PLACE[:OPTIONS] */
static int add_volume(struct list *list, const char *text)
{
	struct run_mount mount = { .kind = RUN_MOUNT_ANONYMOUS };
	size_t first = strcspn(text, ":"), second;
	const char *rest = text + first, *place = text, *options = "";
	int r = 0;

	if (*rest == ':') {
		place = rest + 1;
		second = strcspn(place, ":");
		if (place[second] == ':')
			options = place + second + 1;
		set_source(&mount, take(list->arena, text, first));
		mount.destination = take(list->arena, place, second);
		r = check_source(list, &mount);
	} else {
		mount.destination = place;
	}
	if (r == 0)
		r = take_options(list, &mount, options);
	if (r < 0)
		return error_wrap(list->error, "--volume=%s", text);
	mount.destination = clean_path(list->arena, mount.destination);
	if (!mount.destination)
		return no_memory(list);
	mount_defaults(&mount, list->arena);
	return add(list, &mount);
}

static int add_tmpfs(struct list *list, const char *text)
{
	struct run_mount mount = { .kind = RUN_MOUNT_OTHER, .type = "tmpfs", .source = "tmpfs" };
	size_t length = strcspn(text, ":");
	int r;

	mount.destination = clean_path(list->arena, take(list->arena, text, length));
	if (!mount.destination)
		return no_memory(list);
	r = take_options(list, &mount, text[length] == ':' ? text + length + 1 : "");
	if (r < 0)
		return error_wrap(list->error, "--tmpfs=%s", text);
	mount_defaults(&mount, list->arena);
	return add(list, &mount);
}

static int set_type(struct list *list, struct run_mount *mount, const char *type)
{
	if (strcmp(type, "bind") == 0)
		mount->kind = RUN_MOUNT_BIND;
	else if (strcmp(type, "volume") == 0)
		mount->kind = mount->source ? RUN_MOUNT_VOLUME : RUN_MOUNT_ANONYMOUS;
	else if (strcmp(type, "image") == 0)
		mount->kind = RUN_MOUNT_IMAGE;
	else if (strcmp(type, "tmpfs") == 0 || strcmp(type, "ramfs") == 0 ||
		 strcmp(type, "devpts") == 0)
		mount->kind = RUN_MOUNT_OTHER;
	else if (strcmp(type, "glob") == 0)
		return error_set(
			list->error, -EOPNOTSUPP,
			"type=glob is not supported: name each path by a mount of its own");
	else
		return error_set(list->error, -EINVAL, "type=%s is no type of mount", type);
	mount->type = type;
	if (mount->kind == RUN_MOUNT_OTHER)
		mount->source = type;
	else if (mount->kind != RUN_MOUNT_ANONYMOUS && !mount->source)
		return error_set(list->error, -EINVAL, "source= is missing");
	return check_source(list, mount);
}

static int take_field(struct list *list, struct run_mount *mount, const char *field,
		      const char **type)
{
	size_t length = strcspn(field, "=");
	const char *name = take(list->arena, field, length);
	const char *value = field[length] == '=' ? field + length + 1 : NULL;

	if (strcmp(name, "type") == 0 && value)
		*type = value;
	else if ((strcmp(name, "source") == 0 || strcmp(name, "src") == 0) && value)
		mount->source = value;
	else if ((strcmp(name, "destination") == 0 || strcmp(name, "dst") == 0 ||
		  strcmp(name, "target") == 0) &&
		 value)
		mount->destination = clean_path(list->arena, value);
	else if (strcmp(name, "subpath") == 0 || strcmp(name, "volume-subpath") == 0)
		return error_set(list->error, -EOPNOTSUPP,
				 "%s= is not supported: a link in there could lead anywhere", name);
	else
		return mount_field(mount, name, value, list->arena, list->error);
	return 0;
}

static int add_mount(struct list *list, const char *text)
{
	struct run_mount mount = { 0 };
	const char *type = "volume";
	struct words fields = words_fields(text, list->arena);
	int r = 0;

	for (size_t i = 0; i < fields.count && r == 0; i++)
		r = take_field(list, &mount, fields.at[i], &type);
	if (r == 0 && !mount.destination)
		r = error_set(list->error, -EINVAL, "destination= is missing");
	if (r == 0)
		r = set_type(list, &mount, type);
	if (r < 0)
		return error_wrap(list->error, "--mount=%s", text);
	mount_defaults(&mount, list->arena);
	return add(list, &mount);
}

/* podman's: where programs want to write in a file system that they may not write to. */
static int add_writable(struct list *list, const struct run_options *options)
{
	static const char *const places[WRITABLE_PLACES] = { "/run:mode=755", "/tmp:mode=1777",
							     "/var/tmp:mode=1777" };
	int r = 0;

	if (!options->read_only || !options->read_only_tmpfs)
		return 0;
	for (size_t i = 0; i < WRITABLE_PLACES && r == 0; i++)
		r = add_tmpfs(list, places[i]);
	return r;
}

static int each(struct list *list, const struct words *texts,
		int (*one)(struct list *list, const char *text))
{
	int r = 0;

	for (size_t i = 0; i < texts->count && r == 0; i++)
		r = one(list, texts->at[i]);
	return r;
}

static int by_place(const void *a, const void *b)
{
	const struct run_mount *left = a, *right = b;

	return strcmp(left->destination, right->destination);
}

int run_mounts(const struct run_options *options, const struct run_image *image,
	       struct arena *arena, struct run_mounts *ret, struct error *error)
{
	size_t wanted = WRITABLE_PLACES + (image ? image->volumes.count : 0) +
			options->tmpfs.count + options->volumes.count + options->mounts.count;
	struct list list = { .arena = arena,
			     .error = error,
			     .room = wanted < MOUNTS_MAX ? wanted : MOUNTS_MAX };
	int r = 0;

	list.at = arena_get(arena, list.room, sizeof(*list.at));
	if (!list.at)
		return no_memory(&list);
	r = add_writable(&list, options);
	if (r == 0 && image)
		r = each(&list, &image->volumes, add_volume);
	if (r == 0)
		r = each(&list, &options->tmpfs, add_tmpfs);
	if (r == 0)
		r = each(&list, &options->volumes, add_volume);
	if (r == 0)
		r = each(&list, &options->mounts, add_mount);
	if (r < 0)
		return r;
	if (list.count > 1)
		qsort(list.at, list.count, sizeof(*list.at), by_place);
	*ret = (struct run_mounts){ list.at, list.count };
	return arena->exhausted ? no_memory(&list) : 0;
}

const struct run_mount *run_mounts_find(const struct run_mounts *mounts, const char *destination)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (strcmp(mounts->at[i].destination, destination) == 0)
			return &mounts->at[i];
	return NULL;
}

void run_mounts_add(struct run_mounts *mounts, const struct run_mount *mount, struct arena *arena)
{
	struct run_mount *at;
	size_t place = 0;

	if (run_mounts_find(mounts, mount->destination))
		return;
	at = arena_get(arena, mounts->count + 1, sizeof(*at));
	if (!at)
		return;
	while (place < mounts->count && by_place(&mounts->at[place], mount) < 0)
		place++;
	memcpy(at, mounts->at, place * sizeof(*at));
	at[place] = *mount;
	memcpy(at + place + 1, mounts->at + place, (mounts->count - place) * sizeof(*at));
	mounts->at = at;
	mounts->count++;
}
