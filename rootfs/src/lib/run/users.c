// SPDX-License-Identifier: Apache-2.0
/* See users.h. */
#include "lib/run/users.h"
#include "lib/sha256.h"
#include "lib/text.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SETTING_BYTES 64

static int add_options(const char *option, const struct words *texts, struct users_map *map,
		       struct error *error)
{
	int r = 0;

	for (size_t i = 0; i < texts->count && r == 0; i++)
		r = users_map_add_text(map, texts->at[i], error);
	return r < 0 ? error_wrap(error, "--%s", option) : 0;
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

/* Settings NAME=NUMBER, or NAME=RANGE of a map, behind the colon, with commas between. */
struct setting {
	const char *name;
	uint32_t *value;
	struct users_map *map;
};

static int take_setting(const struct setting *setting, const char *text, size_t length,
			struct error *error)
{
	char value[SETTING_BYTES];
	uint64_t number = 0;

	if (text_copy(value, sizeof(value), text, length) < 0)
		return error_set(error, -EINVAL, "%s= is too long", setting->name);
	if (setting->map)
		return users_map_add_text(setting->map, value, error);
	if (text_to_number(value, UINT32_MAX, &number) < 0)
		return error_set(error, -EINVAL, "%s takes a number", setting->name);
	*setting->value = (uint32_t)number;
	return 0;
}

static int take_settings(const char *value, const struct setting *settings, size_t count,
			 struct error *error)
{
	const char *at = strchr(value, ':');
	int r = 0;

	for (at = at ? at + 1 : ""; *at != '\0' && r == 0;) {
		size_t i, length = strcspn(at, "=,");

		for (i = 0; i < count && (strlen(settings[i].name) != length ||
					  strncmp(settings[i].name, at, length) != 0);
		     i++)
			;
		if (i == count || at[length] != '=')
			return error_set(error, -EOPNOTSUPP, "--userns=%s: %.*s is not supported",
					 value, (int)length, at);
		at += length + 1;
		length = strcspn(at, ",");
		r = take_setting(&settings[i], at, length, error);
		at += length + (at[length] == ',');
	}
	return r < 0 ? error_wrap(error, "--userns=%s", value) : 0;
}

/* For root podman keeps all ids, and uid and gid are only who runs. */
static int choose_keep_id(const char *value, struct users_choice *ret, struct error *error)
{
	const struct setting settings[] = { { .name = "uid", .value = &ret->uid },
					    { .name = "gid", .value = &ret->gid } };

	ret->kind = USERS_MAPPED;
	ret->keeps_id = true;
	ret->uids.count = ret->gids.count = 1;
	ret->uids.at[0].count = ret->gids.at[0].count = UINT32_MAX;
	return take_settings(value, settings, 2, error);
}

static int choose_auto(const char *value, struct users_choice *ret, struct error *error)
{
	const struct setting settings[] = { { .name = "size", .value = &ret->size },
					    { .name = "uidmapping", .map = &ret->uids },
					    { .name = "gidmapping", .map = &ret->gids } };
	int r = take_settings(value, settings, 3, error);

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

static int choose_names(const struct run_options *options, struct users_choice *ret)
{
	const char *uids = options->subuid_name, *gids = options->subgid_name;

	ret->kind = USERS_NAMED;
	ret->uids_name = uids ? uids : gids;
	ret->gids_name = gids ? gids : uids;
	return 0;
}

int users_choose(const struct run_options *options, struct users_choice *ret, struct error *error)
{
	const char *value = options->userns ? options->userns : "";
	bool maps = options->uidmaps.count + options->gidmaps.count > 0;
	bool names = options->subuid_name || options->subgid_name;

	*ret = (struct users_choice){ .size = USERS_BLOCK };
	if (maps && names)
		return error_set(error, -EINVAL,
				 "--subuidname and --subgidname go with no --uidmap and --gidmap");
	if ((maps || names) && !text_is_one_of("private", value) && *value != '\0')
		return error_set(error, -EINVAL,
				 "--userns=%s goes with no maps: --uidmap, --gidmap, --subuidname, "
				 "--subgidname",
				 value);
	if (maps)
		return choose_maps(options, ret, error);
	if (names)
		return choose_names(options, ret);
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
		return error_set(
			error, -EINVAL,
			"--userns=%s is not supported; there is: host "
			"auto[:size=N,uidmapping=RANGE,gidmapping=RANGE] keep-id[:uid=N,gid=N] ns:PATH container:NAME",
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
