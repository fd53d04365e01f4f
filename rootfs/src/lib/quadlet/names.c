// SPDX-License-Identifier: Apache-2.0
/* What the unit of a file is called, and what it makes. */
#include "lib/quadlet/conversion.h"
#include <string.h>

#define UNIT_NAME_MAX 255
#define CONTAINER_NAME_MAX 1024
#define SERVICE ".service"

bool quadlet_is_unit_name(const char *name)
{
	static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789:-_.\\@";
	size_t length = strlen(name);

	return length > 0 && length <= UNIT_NAME_MAX && name[0] != '.' &&
	       strspn(name, characters) == length;
}

static const char *value_of(struct arena *arena, const struct quadlet_file *file, const char *key)
{
	const struct unit_line *line =
		unit_last(&file->unit, quadlet_sections[file->kind].name, key);
	const char *value = line ? unit_value(line, arena) : "";

	return *value == '\0' ? NULL : value;
}

/* "a" and NULL of "a.volume"; "a" and "" of "a@.volume"; "a" and "b" of "a@b.volume". */
static void split_name(struct arena *arena, const char *name, const char **ret_base,
		       const char **ret_instance)
{
	const char *dot = strrchr(name, '.');
	char *base = arena_copy(arena, name, dot ? (size_t)(dot - name) : strlen(name));
	char *at = base ? strchr(base, '@') : NULL;

	*ret_base = base ? base : "";
	*ret_instance = at ? at + 1 : NULL;
	if (at)
		*at = '\0';
}

static const char *service_name(struct arena *arena, const struct quadlet_file *file)
{
	const char *base, *instance, *given = value_of(arena, file, "ServiceName");
	const char *suffix = quadlet_sections[file->kind].suffix;

	if (given)
		return arena_format(arena, "%s" SERVICE, given);
	split_name(arena, file->name, &base, &instance);
	if (!instance)
		return arena_format(arena, "%s%s" SERVICE, base, suffix);
	return arena_format(arena, "%s%s@%s" SERVICE, base, suffix, instance);
}

/* Without a name of its own a thing is called after its file; an instance of a template after both,
 * and which one that is systemd knows where the name is used. */
static const char *made_name(struct arena *arena, const struct quadlet_file *file, const char *key)
{
	const char *base, *instance, *given = value_of(arena, file, key);

	if (given)
		return given;
	split_name(arena, file->name, &base, &instance);
	if (!instance)
		return arena_format(arena, "systemd-%s", base);
	return arena_format(arena, "systemd-%s-%s", base, *instance == '\0' ? "%i" : instance);
}

const char *quadlet_container_name(struct arena *arena, const struct quadlet_file *file)
{
	const char *given = value_of(arena, file, "ContainerName");

	if (given)
		return given;
	return strchr(file->name, '@') ? "systemd-%p_%i" : "systemd-%N";
}

/* As others than its own unit know it: only %N can be filled in here. NULL: can't be known. */
static const char *container_name_outside(struct arena *arena, const struct quadlet_file *file)
{
	const char *name = quadlet_container_name(arena, file);
	size_t service = strlen(file->service) - strlen(SERVICE), length = 0;
	char text[CONTAINER_NAME_MAX + UNIT_NAME_MAX + 1];

	while (*name != '\0' && length < CONTAINER_NAME_MAX) {
		bool filled = name[0] == '%' && name[1] == 'N';

		if (!filled && name[0] == '%')
			return NULL;
		memcpy(text + length, filled ? file->service : name, filled ? service : 1);
		length += filled ? service : 1;
		name += filled ? 2 : 1;
	}
	return *name == '\0' ? arena_copy(arena, text, length) : NULL;
}

void quadlet_name(struct quadlet *quadlet, struct quadlet_file *file)
{
	struct arena *arena = &quadlet->arena;

	file->service = service_name(arena, file);
	if (file->kind == QUADLET_CONTAINER && quadlet_is_unit_name(file->service))
		file->resource = container_name_outside(arena, file);
	else if (file->kind == QUADLET_VOLUME)
		file->resource = made_name(arena, file, "VolumeName");
	else if (file->kind == QUADLET_NETWORK)
		file->resource = made_name(arena, file, "NetworkName");
	else if (file->kind == QUADLET_POD)
		file->resource = made_name(arena, file, "PodName");
	else if (file->kind == QUADLET_IMAGE)
		file->resource = value_of(arena, file, "ImageTag");
	if (file->kind == QUADLET_IMAGE && !file->resource)
		file->resource = value_of(arena, file, "Image");
}
