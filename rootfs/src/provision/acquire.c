// SPDX-License-Identifier: Apache-2.0
/*
 * From one config to all that it names, and to what they make together; see acquire.h. The order of
 * fetching, and which config's settings each is fetched with, is the reference implementation's:
 * depth first, a child with the settings of what was merged so far, its own children with its own
 * besides. Must never follow configs that name each other without an end.
 */
#include "provision/acquire.h"
#include "lib/url.h"
#include "os/file.h"
#include "provision/platform_sources.h"
#include "provision/report.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct loading {
	struct fetcher *fetcher;
	FILE *report;
	struct acquired *ret;
	struct ign_parsed *last_merge; /* NULL: nothing was merged yet */
	size_t read, bytes;
};

static int no_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "out of memory");
}

/* The room is there from the start: others point into it. */
static int start(struct loading *loading, struct error *error)
{
	loading->ret->configs = calloc(2 * ACQUIRE_CONFIGS_MAX, sizeof(*loading->ret->configs));
	return loading->ret->configs ? 0 : no_memory(error);
}

static int parse(struct loading *loading, const char *source, const char *text, size_t size,
		 const struct ign_parsed **ret, struct error *error)
{
	struct ign_parsed *parsed = &loading->ret->configs[loading->ret->count];
	int r;

	if (loading->read++ == ACQUIRE_CONFIGS_MAX)
		return error_set(error, -E2BIG, "over %d configs", ACQUIRE_CONFIGS_MAX);
	loading->bytes += size;
	if (loading->bytes > ACQUIRE_BYTES_MAX)
		return error_set(error, -E2BIG, "configs of over %d bytes in all",
				 ACQUIRE_BYTES_MAX);
	loading->ret->count++;
	r = ign_parse(text, size, true, parsed);
	report_print(loading->report, source, &parsed->report);
	if (r < 0)
		return r == -ENOMEM ? no_memory(error)
				    : error_set(error, r, "%s: not a valid config", source);
	*ret = parsed;
	return 0;
}

static int merge(struct loading *loading, const struct ign_parsed *parent,
		 const struct ign_parsed *child, const struct ign_parsed **ret, struct error *error)
{
	struct ign_parsed *merged = &loading->ret->configs[loading->ret->count];

	loading->ret->count++;
	if (ign_merge(parent, child, merged) < 0)
		return no_memory(error);
	loading->last_merge = merged;
	*ret = merged;
	return 0;
}

/* How messages name a config: by its URL, a data: URL by who has it. */
static void name_source(const struct ign_resource *resource, const char *key, size_t index,
			const char *parent, char *out, size_t room)
{
	char shown[URL_SHOWN_BYTES];

	url_shown(resource->source.at, resource->source.length, shown);
	if (strcmp(shown, "data:") != 0)
		snprintf(out, room, "%s", shown);
	else
		snprintf(out, room, "%.300s, %s %zu", parent, key, index);
}

static int load(struct loading *loading, const struct ign_resource *resource, const char *parent,
		const char *source, const struct ign_parsed **ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = fetch_to_memory(loading->fetcher, resource, IGN_BYTES_MAX, &text, &size, error);

	if (r < 0)
		return error_wrap(error, "%s", parent);
	return parse(loading, source, text, size, ret, error);
}

/* The settings of both together, without keeping them. */
static int configure_with(struct loading *loading, const struct ign_parsed *parent,
			  const struct ign_parsed *child, struct error *error)
{
	struct ign_parsed both = { 0 };
	int r = ign_merge(parent, child, &both);

	r = r < 0 ? no_memory(error)
		  : fetcher_configure(loading->fetcher, &both.config.ignition, error);
	ign_free(&both);
	return r;
}

static int resolve(struct loading *loading, const struct ign_parsed *config, const char *source,
		   unsigned depth, const struct ign_parsed **ret, struct error *error);

static int resolve_replace(struct loading *loading, const struct ign_parsed *config,
			   const char *source, unsigned depth, const struct ign_parsed **ret,
			   struct error *error)
{
	const struct ign_resource *resource = &config->config.ignition.config.replace;
	const struct ign_parsed *other;
	char name[512];
	int r;

	name_source(resource, "replace", 0, source, name, sizeof(name));
	r = load(loading, resource, source, name, &other, error);
	if (r == 0)
		r = fetcher_configure(loading->fetcher, &other->config.ignition, error);
	return r < 0 ? r : resolve(loading, other, name, depth + 1, ret, error);
}

static int merge_child(struct loading *loading, const struct ign_resource *resource, size_t index,
		       const char *parent, unsigned depth, const struct ign_parsed **config,
		       struct error *error)
{
	const struct ign_parsed *child;
	char name[512];
	int r;

	name_source(resource, "merge", index, parent, name, sizeof(name));
	r = load(loading, resource, parent, name, &child, error);

	if (r == 0)
		r = configure_with(loading, *config, child, error);
	if (r == 0)
		r = resolve(loading, child, name, depth + 1, &child, error);
	return r < 0 ? r : merge(loading, *config, child, config, error);
}

/* Recursion is as deep as ACQUIRE_DEPTH_MAX, whatever the configs say. */
static int resolve(struct loading *loading, const struct ign_parsed *config, const char *source,
		   unsigned depth, const struct ign_parsed **ret, struct error *error)
{
	const struct ign_sources *sources = &config->config.ignition.config;
	int r = 0;

	if (depth > ACQUIRE_DEPTH_MAX)
		return error_set(error, -ELOOP, "%s: configs name others more than %d deep", source,
				 ACQUIRE_DEPTH_MAX);
	if (sources->replace.source.at)
		return resolve_replace(loading, config, source, depth, ret, error);
	*ret = config;
	for (size_t i = 0; i < sources->merge.count && r == 0; i++)
		r = merge_child(loading, &sources->merge.at[i], i, source, depth, ret, error);
	return r;
}

/* Valid configs can merge into one that is not. */
static int check_merged(struct loading *loading, const struct ign_parsed *result,
			struct error *error)
{
	char name[sizeof(loading->ret->source) + 16];
	int r;

	if (result != loading->last_merge)
		return 0;
	snprintf(name, sizeof(name), "%s, merged", loading->ret->source);
	r = ign_check_merged(loading->last_merge);
	report_print(loading->report, name, &loading->last_merge->report);
	if (r == -EBADMSG)
		return error_set(error, r, "%s: not a valid config", name);
	return r < 0 ? no_memory(error) : 0;
}

/* From the first config's text to the result. */
static int acquire(struct loading *loading, const char *text, size_t size, struct error *error)
{
	const char *source = loading->ret->source;
	const struct ign_parsed *first, *result;
	int r = start(loading, error);

	if (r == 0)
		r = parse(loading, source, text, size, &first, error);
	if (r == 0)
		r = fetcher_configure(loading->fetcher, &first->config.ignition, error);
	if (r == 0)
		r = resolve(loading, first, source, 0, &result, error);
	if (r == 0)
		r = check_merged(loading, result, error);
	if (r == 0)
		r = fetcher_configure(loading->fetcher, &result->config.ignition, error);
	loading->ret->found = r == 0;
	return r;
}

int acquire_file(const char *path, struct fetcher *fetcher, FILE *report, struct acquired *ret,
		 struct error *error)
{
	struct loading loading = { .fetcher = fetcher, .report = report, .ret = ret };
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = file_read_bytes(path, IGN_BYTES_MAX + 1, &text, &size, error);

	if (r < 0)
		return r;
	snprintf(ret->source, sizeof(ret->source), "%s", path);
	return acquire(&loading, text, size, error);
}

int acquire_platform(const struct platform_environment *environment, struct fetcher *fetcher,
		     FILE *report, struct acquired *ret, struct error *error)
{
	struct loading loading = { .fetcher = fetcher, .report = report, .ret = ret };
	struct found found = { .report = report };
	int r = platform_find(environment, fetcher, &found, error);

	if (r == 0 && found.text) {
		memcpy(ret->source, found.source, sizeof(ret->source));
		r = acquire(&loading, found.text, found.size, error);
	}
	free(found.text);
	return r;
}

const struct ign_config *acquired_config(const struct acquired *acquired)
{
	return acquired->found ? &acquired->configs[acquired->count - 1].config : NULL;
}

void acquired_free(struct acquired *acquired)
{
	for (size_t i = 0; i < acquired->count; i++)
		ign_free(&acquired->configs[i]);
	free(acquired->configs);
	*acquired = (struct acquired){ 0 };
}
