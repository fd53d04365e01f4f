// SPDX-License-Identifier: Apache-2.0
/* See mountoptions.h; and what else has fields with commas: secrets. */
#include "lib/run/mountoptions.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

/* Passed on to the runtime as they are. */
#define PASSED                                                                           \
	"rw suid nosuid dev nodev exec noexec bind rbind shared rshared slave rslave "   \
	"private rprivate unbindable runbindable async sync dirsync noatime nodiratime " \
	"relatime norelatime strictatime tmpcopyup nosymfollow"
#define PROPAGATIONS "shared rshared slave rslave private rprivate unbindable runbindable"

static bool has(const struct run_mount *mount, const char *values)
{
	for (size_t i = 0; i < mount->options.count; i++)
		if (text_is_one_of(values, mount->options.at[i]))
			return true;
	return false;
}

static bool is_tmpfs_setting(const char *option)
{
	static const char *const names[] = { "size=", "mode=", "nr_inodes=", "nr_blocks=",
					     "uid=",  "gid=",  "huge=",      "mpol=" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_starts(option, names[i]))
			return true;
	return false;
}

static int refuse(const char *option, const char *why, struct error *error)
{
	return error_set(error, -EOPNOTSUPP, "%s is not supported: %s", option, why);
}

int mount_option(struct run_mount *mount, const char *option, struct arena *arena,
		 struct error *error)
{
	if (text_is_one_of("ro readonly", option)) {
		mount->read_only = true;
	} else if (text_is_one_of("z Z copy", option)) {
		; /* there are no labels; copying is what is done anyway */
	} else if (strcmp(option, "nocopy") == 0) {
		mount->no_copy = true;
	} else if (strcmp(option, "U") == 0) {
		mount->chown = true;
	} else if (strcmp(option, "notmpcopyup") == 0) {
		mount->no_copy = true;
	} else if (strcmp(option, "O") == 0 || text_starts(option, "upperdir=") ||
		   text_starts(option, "workdir=")) {
		return refuse(option, "a folder cannot be an overlay; copy it or use ro", error);
	} else if (text_starts(option, "idmap")) {
		return refuse(
			option,
			"files of the machine stay whose they are; U gives them to the container",
			error);
	} else if (text_is_one_of(PASSED, option) ||
		   (mount->kind == RUN_MOUNT_OTHER && is_tmpfs_setting(option))) {
		words_add(&mount->options, arena, option);
	} else {
		return error_set(error, -EINVAL, "%s is no option of this mount", option);
	}
	return 0;
}

static int take_flag(const char *name, const char *value, bool *ret, struct error *error)
{
	bool on = !value || text_is_one_of("true 1 yes", value);

	if (!on && !text_is_one_of("false 0 no", value))
		return error_set(error, -EINVAL, "%s is true or false, not %s", name, value);
	*ret = on;
	return 0;
}

static int take_number(const char *name, const char *value, uint32_t *ret, struct error *error)
{
	uint64_t number = 0;

	if (!value || text_to_number(value, UINT32_MAX - 1, &number) < 0)
		return error_set(error, -EINVAL, "%s= is a number", name);
	*ret = (uint32_t)number;
	return 0;
}

static void add_setting(struct run_mount *mount, const char *name, const char *value,
			struct arena *arena)
{
	words_add(&mount->options, arena, arena_format(arena, "%s=%s", name, value ? value : ""));
}

static int add_propagation(struct run_mount *mount, const char *value, struct arena *arena,
			   struct error *error)
{
	if (!value || !text_is_one_of(PROPAGATIONS, value))
		return error_set(error, -EINVAL, "bind-propagation=: there is " PROPAGATIONS);
	words_add(&mount->options, arena, value);
	return 0;
}

int mount_field(struct run_mount *mount, const char *name, const char *value, struct arena *arena,
		struct error *error)
{
	bool on;
	int r;

	if (text_is_one_of("tmpfs-size size", name)) {
		add_setting(mount, "size", value, arena);
		return 0;
	}
	if (text_is_one_of("tmpfs-mode mode uid gid nr_inodes", name)) {
		add_setting(mount, text_starts(name, "tmpfs-") ? name + 6 : name, value, arena);
		return 0;
	}
	if (strcmp(name, "bind-propagation") == 0)
		return add_propagation(mount, value, arena, error);
	if (text_is_one_of("relabel consistency", name))
		return 0;
	if (strcmp(name, "volume-opt") == 0)
		return refuse(name, "options of a volume stand in its .volume file", error);
	r = take_flag(name, value, &on, error);
	if (r < 0)
		return r;
	if (text_is_one_of("ro readonly", name))
		mount->read_only = on;
	else if (strcmp(name, "rw") == 0 || strcmp(name, "readwrite") == 0)
		mount->read_only = !on;
	else if (text_is_one_of("U chown", name))
		mount->chown = on;
	else if (text_is_one_of("nocopy volume-nocopy notmpcopyup", name))
		mount->no_copy = on;
	else if (strcmp(name, "bind-nonrecursive") == 0)
		words_add(&mount->options, arena, on ? "bind" : "rbind");
	else
		return on ? mount_option(mount, name, arena, error)
			  : error_set(error, -EINVAL, "%s=false has no meaning", name);
	return 0;
}

void mount_defaults(struct run_mount *mount, struct arena *arena)
{
	bool tmpfs =
		mount->kind == RUN_MOUNT_OTHER && mount->type && strcmp(mount->type, "tmpfs") == 0;

	if (mount->kind == RUN_MOUNT_OTHER || mount->kind == RUN_MOUNT_VOLUME ||
	    mount->kind == RUN_MOUNT_ANONYMOUS) {
		if (!has(mount, "suid nosuid"))
			words_add(&mount->options, arena, "nosuid");
		if (!has(mount, "dev nodev") &&
		    !(mount->type && strcmp(mount->type, "devpts") == 0))
			words_add(&mount->options, arena, "nodev");
	}
	if (tmpfs && !mount->no_copy && !has(mount, "tmpcopyup"))
		words_add(&mount->options, arena, "tmpcopyup");
	if (mount->kind != RUN_MOUNT_OTHER) {
		if (!has(mount, "bind rbind"))
			words_add(&mount->options, arena, "rbind");
		if (!has(mount, PROPAGATIONS))
			words_add(&mount->options, arena, "rprivate");
	}
	if (mount->kind == RUN_MOUNT_IMAGE)
		mount->read_only = true;
	if (mount->read_only)
		words_add(&mount->options, arena, "ro");
}

static int secret_field(struct run_secret *secret, const char *field, struct arena *arena,
			struct error *error)
{
	size_t length = strcspn(field, "=");
	const char *name = arena_copy(arena, field, length);
	const char *value = field[length] == '=' ? field + length + 1 : "";

	if (!name)
		return error_set(error, -ENOMEM, "out of memory");
	if (strcmp(name, "type") == 0 && text_is_one_of("mount env", value))
		secret->env = *value == 'e';
	else if (strcmp(name, "target") == 0 && *value)
		secret->target = value;
	else if (strcmp(name, "uid") == 0)
		return take_number(name, value, &secret->uid, error);
	else if (strcmp(name, "gid") == 0)
		return take_number(name, value, &secret->gid, error);
	else if (strcmp(name, "mode") != 0)
		return error_set(error, -EINVAL, "%s: a secret has type, target, uid, gid, mode",
				 field);
	else if (strlen(value) > 5 || value[strspn(value, "01234567")] != '\0' || !*value)
		return error_set(error, -EINVAL, "mode=%s is no octal number", value);
	else
		for (secret->mode = 0; *value; value++)
			secret->mode = secret->mode * 8 + (uint32_t)(*value - '0');
	return 0;
}

int run_secret_parse(const char *text, struct arena *arena, struct run_secret *ret,
		     struct error *error)
{
	struct words fields = words_fields(text, arena);
	int r = 0;

	*ret = (struct run_secret){ .mode = 0444 };
	if (fields.count == 0 || !run_is_name(fields.at[0]))
		return error_set(error, -EINVAL, "--secret=%s: no name of a secret", text);
	ret->name = ret->target = fields.at[0];
	for (size_t i = 1; i < fields.count && r == 0; i++)
		r = secret_field(ret, fields.at[i], arena, error);
	return r < 0 ? error_wrap(error, "--secret=%s", text) : 0;
}
