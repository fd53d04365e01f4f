// SPDX-License-Identifier: Apache-2.0
/* The verbs pull and load, and how they show where they are. */
#include "lib/download.h"
#include "oci/install.h"
#include "oci/layout.h"
#include "oci/pull.h"
#include "oci/verbs.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AUTH_BYTES_MAX (1 << 20)
#define AUTHORITIES_BYTES_MAX (8 << 20)
#define RESPONSE_HEADERS_S 30
#define STALL_S 30

static void log_line(void *context, const char *line)
{
	const struct options *options = context;

	if (!options->quiet)
		fprintf(stderr, "keelson-oci: %s\n", line);
}

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

/* The first file that is there and has an entry. One that was named must be there. */
static int find_secret(const struct options *options, struct registry *registry,
		       struct error *error)
{
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR"), *home = secure_getenv("HOME");
	char paths[4][512] = { "", "/run/containers/0/auth.json", "/etc/containers/auth.json", "" };

	if (runtime)
		snprintf(paths[0], sizeof(paths[0]), "%s/containers/auth.json", runtime);
	if (home)
		snprintf(paths[3], sizeof(paths[3]), "%s/.docker/config.json", home);
	for (size_t i = 0; i < (options->auth_file ? 1 : 4); i++) {
		const char *path = options->auth_file ? options->auth_file : paths[i];
		AUTO_FREE char *text = NULL;
		size_t size;
		int r = path[0] ? file_read_bytes(path, AUTH_BYTES_MAX, &text, &size, error)
				: -ENOENT;

		if (r == -ENOENT && !options->auth_file)
			continue;
		if (r == 0)
			r = oci_auth_find(text, size, &registry->reference, registry->secret,
					  error);
		if (text)
			explicit_bzero(text, size);
		registry->has_secret = r == 0;
		if (r != -ENOENT || (options->auth_file && !text))
			return r < 0 ? error_wrap(error, "%s", path) : 0;
	}
	return 0;
}

static int set_up(const struct options *options, struct registry *registry, char **ret_bundle,
		  struct error *error)
{
	size_t size = 0;
	int r = 0;

	if (options->authorities)
		r = file_read_bytes(options->authorities, AUTHORITIES_BYTES_MAX, ret_bundle, &size,
				    error);
	registry->plain_http = options->plain_http;
	registry->tries = options->tries;
	registry->settings = (struct transport_settings){
		.response_headers_s = RESPONSE_HEADERS_S,
		.stall_s = STALL_S,
		.first_wait_ms = options->retry_ms,
		.no_proxy = &(const ign_texts){ 0 },
		.authorities = *ret_bundle,
		.authorities_size = size,
		.log = log_line,
		.log_context = (void *)(uintptr_t)options,
	};
	return r < 0 ? r : find_secret(options, registry, error);
}

static int finish(const struct options *options, const struct install *task, struct error *error)
{
	char digest[OCI_DIGEST_BYTES], name[OCI_REFERENCE_BYTES];
	int r = install(task, digest, error);

	oci_reference_format(task->reference, name);
	if (task->watch)
		fputc('\n', stderr);
	if (r == 0 && !options->quiet)
		printf("%s %s\n", name, digest);
	return r < 0 ? error_wrap(error, "%s", name) : 0;
}

static int pull_into(const struct options *options, struct store *store, struct pull *pull,
		     struct error *error)
{
	AUTO_FREE char *bundle = NULL;
	struct source source = pull_source(pull);
	struct install task = { .store = store,
				.source = &source,
				.reference = &pull->registry.reference,
				.machine = options->platform,
				.threads = options->threads,
				.watch = on_terminal(options) ? show_progress : NULL,
				.watch_context = pull };
	int r = set_up(options, &pull->registry, &bundle, error);

	pull->store = store;
	return r < 0 ? r : finish(options, &task, error);
}

int verb_pull(const struct options *options, const char *name, struct error *error)
{
	struct pull *pull = calloc(1, sizeof(*pull));
	struct store store;
	int r;

	if (!pull)
		return error_set(error, -ENOMEM, "out of memory");
	registry_init(&pull->registry);
	r = oci_reference_parse(name, &pull->registry.reference, error);
	if (r == 0 && (r = store_open(options->store, false, &store, error)) == 0) {
		r = pull_into(options, &store, pull, error);
		store_close(&store);
	}
	registry_free(&pull->registry);
	free(pull);
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

	return r < 0 ? r : finish(options, &task, error);
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
