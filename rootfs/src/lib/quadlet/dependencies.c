// SPDX-License-Identifier: Apache-2.0
/* [Unit] of every kind: names of Quadlet files become those of their units. */
#include "lib/quadlet/conversion.h"
#include <string.h>

static const char *const keys[] = {
	"Wants",
	"Requires",
	"Requisite",
	"BindsTo",
	"PartOf",
	"Upholds",
	"Conflicts",
	"Before",
	"After",
	"OnFailure",
	"OnSuccess",
	"PropagatesReloadTo",
	"ReloadPropagatedFrom",
	"PropagatesStopTo",
	"StopPropagatedFrom",
	"JoinsNamespaceOf",
};

/* Files of kinds that are refused have a unit's name too: what depends on it fails when it is
 * started, and the refusal says why. */
static bool translate(struct conversion *c, const struct unit_line *line, struct words *words)
{
	bool translated = false;

	for (size_t i = 0; i < words->count; i++) {
		const struct quadlet_file *file = quadlet_find(c->quadlet, words->at[i]);
		enum quadlet_kind kind;

		if (!quadlet_kind_of(words->at[i], &kind))
			continue;
		if (!file)
			quadlet_fail(c, line, QUADLET_UNRESOLVED,
				     "unable to translate dependency for %s", words->at[i]);
		words->at[i] = file ? file->service : words->at[i];
		translated = true;
	}
	return translated;
}

static void translate_key(struct conversion *c, const char *key)
{
	const struct unit_line *first = unit_first(c->unit, "Unit", key);
	struct words all = { 0 };
	bool translated = false;

	for (const struct unit_line *line = first; line; line = unit_next(line)) {
		struct words words = { 0 };

		quadlet_words(c, line, WORDS_LIST, &words);
		translated |= translate(c, line, &words);
		for (size_t i = 0; i < words.count; i++)
			words_add(&all, c->arena, words.at[i]);
	}
	if (!translated)
		return;
	unit_remove(c->service, "Unit", key);
	unit_add(c->service, c->arena, "Unit", key, words_join(&all, " ", c->arena));
}

static bool default_dependencies(struct conversion *c)
{
	const char *section = c->section;
	bool ret;

	c->section = "Quadlet";
	ret = quadlet_flag(c, "DefaultDependencies", true);
	c->section = section;
	return ret;
}

void quadlet_dependencies(struct conversion *c)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		translate_key(c, keys[i]);
	if (default_dependencies(c)) {
		unit_prepend(c->service, c->arena, "Unit", "After", "network-online.target");
		unit_prepend(c->service, c->arena, "Unit", "Wants", "network-online.target");
	}
	unit_add(c->service, c->arena, "Unit", "SourcePath",
		 quadlet_percents(c->arena, c->file->path, strlen(c->file->path)));
	unit_add(c->service, c->arena, "Unit", "RequiresMountsFor", QUADLET_STATE);
}
