// SPDX-License-Identifier: Apache-2.0
/* Handlers of keys that one kind of file has; see handlers.h. */
#include "lib/quadlet/handlers.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

void apply_container_name(struct conversion *c, const struct quadlet_key *key)
{
	quadlet_option(c, key->option, quadlet_container_name(c->arena, c->file));
}

void apply_pod_name(struct conversion *c, const struct quadlet_key *key)
{
	quadlet_option(c, key->option, c->file->resource);
}

/* When the unit counts as started. A oneshot does when the container has ended: then there is no
 * option, and keelson-run waits for that. */
void apply_notify(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *type = unit_last(c->unit, "Service", "Type"), *line;
	const char *notify = quadlet_text(c, key->name, &line);

	if (type && strcmp(type->value, "oneshot") == 0) {
		if (notify)
			quadlet_warn(c, line, QUADLET_NO_EFFECT,
				     "a oneshot is started when the container has ended");
		return;
	}
	if (notify && strcasecmp(notify, "healthy") == 0)
		quadlet_option(c, key->option, "healthy");
	else
		quadlet_option(c, key->option,
			       quadlet_flag(c, key->name, false) ? "container" : "started");
}

void apply_exec(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_last(c->unit, c->section, key->name);

	if (line)
		quadlet_words(c, line, WORDS_ARGS, &c->operands);
}

void apply_volatile_tmp(struct conversion *c, const struct quadlet_key *key)
{
	if (quadlet_flag(c, key->name, false) && !quadlet_flag(c, "ReadOnly", false))
		quadlet_option(c, key->option, "/tmp:rw,size=512M,mode=1777");
}

/* The nth of a key's values that count. */
static const struct unit_line *value_at(struct conversion *c, const char *key, size_t n)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key);

	for (; line && n > 0; n--)
		line = unit_next(line);
	return line;
}

/* keelson-run says the same at the start (net_read_network), of all options together. */
static void warn_of_dhcp(struct conversion *c)
{
	const struct unit_line *line, *other;
	const char *driver = quadlet_text(c, "Driver", &line);
	const char *ipam = quadlet_text(c, "IPAMDriver", &other);

	if (!driver || strcmp(driver, "bridge") == 0 || (ipam && strcmp(ipam, "none") == 0) ||
	    unit_first(c->unit, c->section, "PodmanArgs"))
		return;
	quadlet_warn(c, line, QUADLET_REFUSED,
		     "it will not start: without Subnet= addresses come by DHCP, for which there "
		     "is no client; IPAMDriver=none gives none");
}

/* Gateways and ranges belong to the subnet at the same place. */
void apply_subnets(struct conversion *c, const struct quadlet_key *key)
{
	static const struct {
		const char *name, *option, *plural;
	} parts[] = { { "Gateway", "gateway", "gateways" }, { "IPRange", "ip-range", "ranges" } };
	const struct unit_line *subnet = value_at(c, key->name, 0), *line;
	bool none = !subnet;
	const struct unit_line *at[2] = { value_at(c, parts[0].name, 0),
					  value_at(c, parts[1].name, 0) };

	if (none)
		warn_of_dhcp(c);
	for (; subnet; subnet = unit_next(subnet)) {
		quadlet_option(c, key->option, subnet->value);
		for (size_t p = 0; p < 2; p++) {
			line = at[p];
			if (line)
				quadlet_option(c, parts[p].option, line->value);
			at[p] = line ? unit_next(line) : NULL;
		}
	}
	for (size_t p = 0; p < 2; p++) {
		if (at[p] && none)
			quadlet_fail(c, at[p], QUADLET_MISSING_KEY,
				     "cannot set gateway or range without subnet");
		else if (at[p])
			quadlet_fail(c, at[p], QUADLET_LISTS, "cannot set more %s than subnets",
				     parts[p].plural);
	}
}

/* A number, or the name of which the number is the same everywhere. */
static void add_owner(struct conversion *c, const char *key, const char *option,
		      struct words *options)
{
	const struct unit_line *line;
	const char *value = quadlet_text(c, key, &line);
	uint64_t id = 0;

	if (!line)
		return;
	if (!value || (strcmp(value, "root") != 0 && text_to_number(value, UINT32_MAX, &id) < 0))
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is neither a number nor root",
			     value ? value : "nothing");
	words_add(options, c->arena,
		  arena_format(c->arena, "%s=%llu", option, (unsigned long long)id));
}

static void apply_image_driver(struct conversion *c, const char *option)
{
	static const char *const local[] = { "Device", "Type",  "Options", "Copy",
					     "User",   "Group", NULL };
	const struct unit_line *line;
	const char *image = quadlet_text(c, "Image", &line), *name = image;

	for (size_t i = 0; local[i]; i++)
		if (unit_last(c->unit, c->section, local[i]))
			quadlet_fail(c, unit_last(c->unit, c->section, local[i]), QUADLET_CONFLICT,
				     "does not go with Driver=image");
	if (!image) {
		quadlet_fail(c, NULL, QUADLET_MISSING_KEY, "Driver=image needs the key Image");
		return;
	}
	if (text_ends(image, ".image") || text_ends(image, ".build")) {
		const struct quadlet_file *file = quadlet_require(c, line, image, "Requires");

		name = file ? file->resource : image;
	}
	quadlet_option(c, option, arena_format(c->arena, "image=%s", name));
}

static void apply_device(struct conversion *c, const char *option)
{
	const struct unit_line *line;
	const char *device = quadlet_text(c, "Device", NULL);
	const char *type = quadlet_text(c, "Type", &line);

	if (device)
		quadlet_option(c, option, arena_format(c->arena, "device=%s", device));
	if (type && !device)
		quadlet_fail(c, line, QUADLET_MISSING_KEY, "needs Device");
	if (type)
		quadlet_option(c, option, arena_format(c->arena, "type=%s", type));
	if (device && type && strcmp(type, "bind") == 0)
		quadlet_require_mounts(c, device);
}

void apply_driver_options(struct conversion *c, const struct quadlet_key *key)
{
	const char *driver = quadlet_text(c, "Driver", NULL);
	const struct unit_line *image = unit_last(c->unit, c->section, "Image");
	const char *options = quadlet_text(c, key->name, NULL);
	struct words mount = { 0 };

	if (driver && strcmp(driver, "image") == 0) {
		apply_image_driver(c, key->option);
		return;
	}
	if (image)
		quadlet_fail(c, image, QUADLET_CONFLICT, "needs Driver=image");
	apply_device(c, key->option);
	if (unit_last(c->unit, c->section, "Copy"))
		quadlet_option(c, key->option, quadlet_flag(c, "Copy", true) ? "copy" : "nocopy");
	add_owner(c, "User", "uid", &mount);
	add_owner(c, "Group", "gid", &mount);
	if (options)
		words_add(&mount, c->arena, options);
	if (mount.count > 0)
		quadlet_option(c, key->option,
			       arena_format(c->arena, "o=%s", words_join(&mount, ",", c->arena)));
}
