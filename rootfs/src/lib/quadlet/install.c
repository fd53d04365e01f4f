// SPDX-License-Identifier: Apache-2.0
/* [Install]: the links that systemctl enable would make, which it cannot for generated units. */
#include "lib/path.h"
#include "lib/quadlet/conversion.h"
#include "lib/text.h"
#include <string.h>

static void add_link(struct conversion *c, const char *name)
{
	struct quadlet_file *file = c->file;
	const char *target = file->service;

	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/'))
		target = arena_format(c->arena, "../%s", target);
	file->links[file->link_count++] = (struct quadlet_link){ name, target };
}

/* Room for so many more. */
static bool reserve(struct conversion *c, size_t count)
{
	struct quadlet_file *file = c->file;
	struct quadlet_link *links =
		arena_get(c->arena, file->link_count + count + 1, sizeof(*links));

	if (links && file->link_count > 0)
		memcpy(links, file->links, file->link_count * sizeof(*links));
	if (links)
		file->links = links;
	return links != NULL;
}

static struct words install_words(struct conversion *c, const char *key,
				  const struct unit_line **ret_line)
{
	const char *section = c->section;
	struct words words;

	c->section = "Install";
	words = quadlet_all_words(c, key, WORDS_LIST);
	c->section = section;
	*ret_line = unit_last(c->unit, "Install", key);
	return words;
}

#define ALIAS_MAX 255

static void add_aliases(struct conversion *c)
{
	const struct unit_line *line;
	struct words words = install_words(c, "Alias", &line);
	bool room = reserve(c, words.count);

	for (size_t i = 0; room && i < words.count; i++) {
		char clean[ALIAS_MAX + 2];

		if (strlen(words.at[i]) > ALIAS_MAX) {
			quadlet_fail(c, line, QUADLET_BAD_VALUE, "a name is too long");
			continue;
		}
		path_clean(words.at[i], strlen(words.at[i]), clean);
		if (clean[0] == '/' || clean[0] == '.' || !text_ends(clean, ".service"))
			quadlet_fail(c, line, QUADLET_BAD_VALUE,
				     "%s is no name of a service below the folder of units",
				     words.at[i]);
		else
			add_link(c, arena_format(c->arena, "%s", clean));
	}
}

/* What is started for a template that is enabled: the instance that the file names. NULL: none. */
static const char *enabled_service(struct conversion *c)
{
	const struct unit_line *instance = unit_last(c->unit, "Install", "DefaultInstance");
	const char *service = c->file->service, *at = strstr(service, "@.service");

	if (!at)
		return service;
	if (!instance)
		return NULL;
	return arena_format(c->arena, "%.*s@%s.service", (int)(at - service), service,
			    unit_value(instance, c->arena));
}

static void add_dependents(struct conversion *c, const char *key, const char *folder)
{
	const struct unit_line *line;
	struct words words = install_words(c, key, &line);
	const char *service = enabled_service(c);
	bool room = reserve(c, words.count);

	if (service && !quadlet_is_unit_name(service)) {
		quadlet_fail(c, unit_last(c->unit, "Install", "DefaultInstance"), QUADLET_BAD_VALUE,
			     "%s is no name of a unit", service);
		return;
	}
	for (size_t i = 0; room && service && i < words.count; i++) {
		if (quadlet_is_unit_name(words.at[i]))
			add_link(c,
				 arena_format(c->arena, "%s.%s/%s", words.at[i], folder, service));
		else
			quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is no name of a unit",
				     words.at[i]);
	}
}

static void check_keys(struct conversion *c)
{
	static const char *const keys[] = { "Alias",    "WantedBy",        "RequiredBy",
					    "UpheldBy", "DefaultInstance", NULL };
	const struct unit_section *install = unit_section(c->unit, "Install");

	for (const struct unit_line *line = install ? install->first : NULL; line;
	     line = line->next) {
		size_t i = 0;

		while (keys[i] && strcmp(keys[i], line->key) != 0)
			i++;
		if (!keys[i])
			quadlet_warn(c, line, QUADLET_NO_EFFECT,
				     "has no effect on a generated unit");
	}
}

void quadlet_install(struct conversion *c)
{
	check_keys(c);
	add_aliases(c);
	add_dependents(c, "WantedBy", "wants");
	add_dependents(c, "RequiredBy", "requires");
	add_dependents(c, "UpheldBy", "upholds");
}
