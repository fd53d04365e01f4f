// SPDX-License-Identifier: Apache-2.0
/* The verbs pull and load, and how they show where they are. */
#include "lib/download.h"
#include "oci/approve.h"
#include "oci/install.h"
#include "oci/layout.h"
#include "oci/reach.h"
#include "oci/verbs.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool on_terminal(const struct options *options)
{
	return !options->quiet && isatty(STDERR_FILENO);
}

static void show_progress(void *context, size_t done, size_t layers)
{
	const struct pull *pull = context;

	fprintf(stderr, "\r%zu of %zu layers, %.1f MB \x1b[K", done, layers,
		(double)pull->fetched_bytes / 1e6);
}

/* Brings it in, if it is approved of. pull: NULL for a file. */
static int finish(const struct options *options, struct install *task, struct pull *pull,
		  struct error *error)
{
	char digest[OCI_DIGEST_BYTES], name[OCI_REFERENCE_BYTES];
	struct approve rules;
	int r = approve_set_up(options->etc, task->reference, pull, &rules, error);

	task->approve = approve;
	task->approve_context = &rules;
	if (r == 0)
		r = install(task, digest, error);
	approve_free(&rules);
	oci_reference_format(task->reference, name);
	if (task->watch)
		fputc('\n', stderr);
	if (r == 0 && !options->quiet)
		printf("%s %s\n", name, digest);
	return r < 0 ? error_wrap(error, "%s", name) : 0;
}

static int pull_one(const struct options *options, const struct oci_reference *reference,
		    struct store *store, struct reach *reach, struct error *error)
{
	struct source source = pull_source(&reach->pull);
	struct install task = { .store = store,
				.source = &source,
				.reference = reference,
				.machine = options->platform,
				.threads = options->threads,
				.watch = on_terminal(options) ? show_progress : NULL,
				.watch_context = &reach->pull };
	int r = reach_set_up(options, reference, reach, error);

	reach->pull.store = store;
	if (r == 0)
		r = finish(options, &task, &reach->pull, error);
	reach_free(reach);
	return r;
}

static int list_tags(const struct options *options, const struct oci_reference *reference,
		     struct reach *reach, struct arena *arena, struct words *ret,
		     struct error *error)
{
	int r = reach_set_up(options, reference, reach, error);

	if (r == 0)
		r = pull_tags(&reach->pull, arena, ret, error);
	if (r == 0 && ret->count == 0)
		r = error_set(error, -ENOENT, "there are none");
	reach_free(reach);
	return r < 0 ? error_wrap(error, "tags of %s", reference->repository) : 0;
}

/* One after the other. Those before one that fails are there. */
static int pull_all(const struct options *options, struct oci_reference *reference,
		    struct store *store, struct reach *reach, struct error *error)
{
	struct arena arena = { 0 };
	struct words tags = { 0 };
	int r = list_tags(options, reference, reach, &arena, &tags, error);

	for (size_t i = 0; i < tags.count && r == 0; i++) {
		strcpy(reference->tag, tags.at[i]);
		r = pull_one(options, reference, store, reach, error);
	}
	arena_free(&arena);
	return r;
}

int verb_pull(const struct options *options, const char *name, struct error *error)
{
	struct reach *reach = calloc(1, sizeof(*reach)); /* long */
	struct oci_reference reference;
	struct store store;
	int r = reach ? oci_reference_parse(name, &reference, error)
		      : error_set(error, -ENOMEM, "out of memory");

	if (r == 0 && options->all_tags && strpbrk(name + strcspn(name, "/"), ":@"))
		r = error_set(error, -EINVAL, "%s: --all-tags goes with no tag and no digest",
			      name);
	if (r == 0 && (r = store_open(options->store, false, &store, error)) == 0) {
		r = options->all_tags ? pull_all(options, &reference, &store, reach, error)
				      : pull_one(options, &reference, &store, reach, error);
		store_close(&store);
	}
	free(reach);
	return r;
}

static int load_one(const struct options *options, struct store *store, struct layout *layout,
		    const struct oci_descriptor *top, const char *name, struct error *error)
{
	struct oci_reference reference;
	struct source source = layout_source(layout);
	struct install task = { .store = store,
				.source = &source,
				.reference = &reference,
				.top = top,
				.machine = options->platform,
				.threads = options->threads };
	int r = name ? oci_reference_parse(name, &reference, error)
		     : error_set(error, -EINVAL, "the image has no name; give it one by --name");

	return r < 0 ? r : finish(options, &task, NULL, error);
}

static int load_all(const struct options *options, struct store *store, struct layout *layout,
		    struct error *error)
{
	const struct oci_document *index = &layout->index;
	const struct oci_descriptor *chosen = index->parts;
	int r = 0;

	if (index->count == 0)
		return error_set(error, -ENOENT, "there is no image in it");
	if (options->name && index->count > 1)
		r = oci_index_choose(index, &options->platform, &chosen, error);
	if (r == 0 && options->name)
		return load_one(options, store, layout, chosen, options->name, error);
	for (size_t i = 0; i < index->count && r == 0; i++)
		r = load_one(options, store, layout, &index->parts[i], index->parts[i].name, error);
	return r;
}

int verb_load(const struct options *options, const char *path, struct error *error)
{
	struct arena arena = { 0 };
	struct layout layout;
	struct store store;
	int r = store_open(options->store, false, &store, error);

	if (r < 0)
		return r;
	r = layout_open(path, &store, &arena, &layout, error);
	if (r == 0) {
		r = load_all(options, &store, &layout, error);
		layout_close(&layout);
	}
	arena_free(&arena);
	store_close(&store);
	return r;
}
