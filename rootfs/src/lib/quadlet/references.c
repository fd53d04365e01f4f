// SPDX-License-Identifier: Apache-2.0
/* Handlers of keys that may name other Quadlet files; see handlers.h. */
#include "lib/quadlet/handlers.h"
#include "lib/text.h"
#include <stdlib.h>
#include <string.h>

/* Types of mounts. */
#define WITH_SOURCE "bind volume image glob"
#define WITHOUT_SOURCE "tmpfs ramfs devpts"

static bool is_hex(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text_digit(text[i]) < 0)
			return false;
	return text[length] == '\0';
}

/* With a registry, or an image's id. */
static bool is_full_image_name(const char *name)
{
	size_t domain = strcspn(name, "/");

	if (text_starts(name, "sha256:") || (strlen(name) == 64 && is_hex(name, 64)))
		return true;
	if (name[domain] == '\0')
		return false;
	return memchr(name, '.', domain) || memchr(name, ':', domain) ||
	       (domain == 9 && text_starts(name, "localhost"));
}

static void check_image_name(struct conversion *c, const struct unit_line *line, const char *image)
{
	if (!quadlet_is_open(image) && !is_full_image_name(image))
		quadlet_warn(c, line, QUADLET_SHORT_NAME,
			     "%s is not a fully qualified image name: write its registry too",
			     image);
}

/* The name of an image; that of an .image file is what it pulls. */
static const char *image_name(struct conversion *c, const struct unit_line *line, const char *image)
{
	const struct quadlet_file *file;

	if (!text_ends(image, ".image") && !text_ends(image, ".build")) {
		check_image_name(c, line, image);
		return image;
	}
	file = quadlet_require(c, line, image, "Requires");
	return file ? file->resource : image;
}

static void apply_pulled_image(struct conversion *c, const struct unit_line *line,
			       const char *image)
{
	if (!image) {
		quadlet_fail(c, NULL, QUADLET_MISSING_KEY, "no Image key specified");
		return;
	}
	check_image_name(c, line, image);
	words_add(&c->operands, c->arena, image);
}

void apply_image(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line, *rootfs_line = NULL;
	const char *image = quadlet_text(c, key->name, &line), *rootfs;

	if (c->file->kind == QUADLET_IMAGE) {
		apply_pulled_image(c, line, image);
		return;
	}
	rootfs = quadlet_text(c, "Rootfs", &rootfs_line);
	if (image && rootfs)
		quadlet_fail(c, rootfs_line, QUADLET_CONFLICT, "Image is given too");
	if (!image && !rootfs)
		quadlet_fail(c, NULL, QUADLET_MISSING_KEY, "no Image or Rootfs key specified");
	if (rootfs)
		quadlet_bare_option(c, "rootfs");
	if (image || rootfs)
		words_add(&c->operands, c->arena, image ? image_name(c, line, image) : rootfs);
}

static const char *joined_network(struct conversion *c, const struct unit_line *line,
				  const char *name, const char *options)
{
	const struct quadlet_file *file = quadlet_require(c, line, name, "Requires");
	bool container = text_ends(name, ".container");

	if (container && *options != '\0')
		quadlet_fail(c, line, QUADLET_BAD_REFERENCE,
			     "the network of another container takes no options");
	if (!file)
		return name;
	return arena_format(c->arena, "%s%s%s", container ? "container:" : "", file->resource,
			    options);
}

static const char *network(struct conversion *c, const struct unit_line *line)
{
	size_t length = strcspn(line->value, ":");
	const char *name = arena_copy(c->arena, line->value, length);

	if (!name)
		return "";
	if (text_ends(name, ".network") || text_ends(name, ".container"))
		return joined_network(c, line, name, line->value + length);
	if (strcmp(name, "pasta") == 0 || strcmp(name, "slirp4netns") == 0)
		quadlet_fail(c, line, QUADLET_REFUSED,
			     "not supported: %s is for users without privileges", name);
	return line->value;
}

void apply_networks(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	for (; line; line = unit_next(line))
		quadlet_option(c, key->option, network(c, line));
}

void quadlet_require_mounts(struct conversion *c, const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = strchr(path, '$') ? NULL : open_memstream(&text, &size);
	const char *value = NULL;

	if (!out)
		return;
	words_quote(out, path);
	fclose(out);
	value = text ? arena_copy(c->arena, text, size) : NULL;
	free(text);
	if (value)
		unit_add(c->service, c->arena, "Unit", "RequiresMountsFor", value);
}

/* What is mounted: a path, a volume's name, or that of an image if image says so. */
static const char *storage_source(struct conversion *c, const struct unit_line *line,
				  const char *source, bool image)
{
	const struct quadlet_file *file;

	if (source[0] == '.')
		source = quadlet_absolute(c, source);
	if (source[0] == '/')
		quadlet_require_mounts(c, source);
	if (source[0] == '/' ||
	    (!text_ends(source, ".volume") && !(image && text_ends(source, ".image"))))
		return source;
	file = quadlet_require(c, line, source, "Requires");
	return file ? file->resource : source;
}

void apply_volumes(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	for (; line; line = unit_next(line)) {
		size_t length = strcspn(line->value, ":");
		const char *source = arena_copy(c->arena, line->value, length);
		const char *value = line->value;

		if (source && length > 0 && value[length] == ':')
			value = arena_format(c->arena, "%s%s",
					     storage_source(c, line, source, false),
					     value + length);
		quadlet_option(c, key->option, value);
	}
}

/* A field that has commas or quotes in quotes. */
static const char *quoted_field(struct conversion *c, const char *field)
{
	char *out, *end;

	if (!strpbrk(field, ",\""))
		return field;
	out = end = arena_get(c->arena, 2 * strlen(field) + 3, 1);
	if (!out)
		return "";
	*end++ = '"';
	for (; *field != '\0'; field++) {
		if (*field == '"')
			*end++ = '"';
		*end++ = *field;
	}
	*end = '"';
	return out;
}

/* The value of a field, or NULL if it is another's. */
static const char *field_value(const char *field, const char *name)
{
	size_t length = strlen(name);

	return strncmp(field, name, length) == 0 && field[length] == '=' ? field + length + 1
									 : NULL;
}

static const char *mount_type(const struct words *fields)
{
	const char *type = NULL;

	for (size_t i = 0; i < fields->count; i++)
		if (field_value(fields->at[i], "type"))
			type = field_value(fields->at[i], "type");
	return type;
}

/* Whether a mount of this type has a source. */
static bool check_mount_type(struct conversion *c, const struct unit_line *line, const char *type)
{
	if (text_is_one_of(WITH_SOURCE, type))
		return true;
	if (strcmp(type, "artifact") == 0)
		quadlet_fail(c, line, QUADLET_REFUSED, "not supported: %s",
			     quadlet_sections[QUADLET_ARTIFACT].why);
	else if (!text_is_one_of(WITHOUT_SOURCE, type))
		quadlet_fail(c, line, QUADLET_BAD_VALUE,
			     "%s is no type of mount; there is: " WITH_SOURCE " " WITHOUT_SOURCE,
			     type);
	return false;
}

static const char *mount(struct conversion *c, const struct unit_line *line, const char *text)
{
	struct words fields = words_fields(text, c->arena);
	const char *typed = mount_type(&fields), *type = typed ? typed : "volume";
	bool has_source = check_mount_type(c, line, type);

	for (size_t i = 0; i < fields.count; i++) {
		const char *field = fields.at[i], *source = field_value(field, "source");

		source = source ? source : field_value(field, "src");
		if (source && has_source)
			field = arena_format(c->arena, "source=%s",
					     storage_source(c, line, source, true));
		fields.at[i] = quoted_field(c, field);
	}
	text = words_join(&fields, ",", c->arena);
	return typed ? text : arena_format(c->arena, "type=%s,%s", type, text);
}

void apply_mounts(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	for (; line; line = unit_next(line)) {
		struct words words = { 0 };

		quadlet_words(c, line, WORDS_ARGS, &words);
		for (size_t i = 0; i < words.count; i++)
			quadlet_option(c, key->option, mount(c, line, words.at[i]));
	}
}

void apply_pod(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line, *ports = unit_first(c->unit, c->section, "PublishPort");
	const char *pod = quadlet_text(c, key->name, &line);

	if (!pod)
		return;
	if (!text_ends(pod, ".pod")) {
		quadlet_fail(c, line, QUADLET_BAD_REFERENCE, "pod %s is not Quadlet based", pod);
		return;
	}
	if (ports)
		quadlet_fail(c, ports, QUADLET_CONFLICT, "the ports of a pod stand in its file");
	c->pod = quadlet_require(c, line, pod, "BindsTo");
	if (c->pod)
		quadlet_option(c, key->option, c->pod->resource);
	if (!quadlet_flag(c, "StartWithPod", true) || strstr(c->file->name, "@."))
		c->pod = NULL;
}
