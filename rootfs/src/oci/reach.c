// SPDX-License-Identifier: Apache-2.0
/* See reach.h. Must never give one registry's login to another. */
#include "oci/reach.h"
#include "oci/conffiles.h"
#include "os/file.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTH_BYTES_MAX (1 << 20)
#define AUTHORITIES_BYTES_MAX (8 << 20)
#define AUTH_FILES 4
#define RESPONSE_HEADERS_S 30
#define MIRROR_TRIES 2 /* there is someone else to ask */

static void log_line(void *context, const char *line)
{
	const struct options *options = context;

	if (!options->quiet)
		fprintf(stderr, "keelson-oci: %s\n", line);
}

/* Returns 1 when the file has an entry, 0 when it has none. */
static int read_secret(const char *path, bool required, struct registry *registry,
		       struct error *error)
{
	AUTO_FREE char *text = NULL;
	struct error why = { 0 };
	size_t size = 0;
	int r = path[0] ? file_read_bytes(path, AUTH_BYTES_MAX, &text, &size, &why) : -ENOENT;

	if (r == -ENOENT && !required)
		return 0;
	if (r < 0)
		return error_set(error, r, "%s", why.text);
	r = oci_auth_find(text, size, &registry->reference, registry->secret, &why);
	explicit_bzero(text, size);
	registry->has_secret = r == 0;
	if (r < 0 && r != -ENOENT)
		return error_set(error, r, "%s: %s", path, why.text);
	return r == 0;
}

/* The first file that is there and has an entry. One that was named must be there. 0 also if there
 * is none. */
static int find_secret(const struct options *options, struct registry *registry,
		       struct error *error)
{
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR"), *home = secure_getenv("HOME");
	const char *docker = secure_getenv("DOCKER_CONFIG");
	char paths[AUTH_FILES][PATH_MAX] = { "", "/run/containers/0/auth.json" };
	int r = 0;

	if (options->auth_file) {
		r = read_secret(options->auth_file, true, registry, error);
		return r < 0 ? r : 0;
	}
	if (runtime)
		snprintf(paths[0], PATH_MAX, "%s/containers/auth.json", runtime);
	snprintf(paths[2], PATH_MAX, "%s/containers/auth.json", options->etc);
	if (docker || home)
		snprintf(paths[3], PATH_MAX, "%s%s/config.json", docker ? docker : home,
			 docker ? "" : "/.docker");
	for (size_t i = 0; i < AUTH_FILES && r == 0; i++)
		r = read_secret(paths[i], false, registry, error);
	return r < 0 ? r : 0;
}

struct settings {
	struct oci_registries registries;
	struct arena arena;
};

static int add_registries(void *context, const char *text, struct error *error)
{
	struct settings *settings = context;

	return oci_registries_parse(text, &settings->registries, &settings->arena, error);
}

static int find_endpoints(const struct options *options, const struct oci_reference *reference,
			  struct oci_endpoint endpoints[OCI_ENDPOINTS_MAX], size_t *ret_count,
			  struct error *error)
{
	struct settings settings = { 0 };
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/containers/registries.conf", options->etc);
	r = conffile_read(path, add_registries, &settings, error);
	snprintf(path, sizeof(path), "%s/containers/registries.conf.d", options->etc);
	if (r == 0)
		r = conffiles_each(path, add_registries, &settings, error);
	if (r == 0)
		r = oci_endpoints(&settings.registries, reference, endpoints, ret_count, error);
	arena_free(&settings.arena);
	return r;
}

static int add_registry(const struct options *options, const struct oci_endpoint *endpoint,
			bool last, size_t bundle_size, struct reach *reach, struct error *error)
{
	struct registry *registry = &reach->pull.at[reach->pull.count++];

	registry_init(registry);
	registry->reference = endpoint->reference;
	registry->plain_http = options->plain_http || endpoint->insecure;
	registry->tries = last || options->tries < MIRROR_TRIES ? options->tries : MIRROR_TRIES;
	registry->settings = (struct transport_settings){
		.response_headers_s = RESPONSE_HEADERS_S,
		.stall_s = options->stall_s,
		.first_wait_ms = options->retry_ms,
		.http_proxy = reach->proxies.http,
		.https_proxy = reach->proxies.https,
		.no_proxy = &reach->proxies.none,
		.authorities = reach->bundle,
		.authorities_size = bundle_size,
		.log = log_line,
		.log_context = (void *)(uintptr_t)options,
	};
	return find_secret(options, registry, error);
}

int reach_set_up(const struct options *options, const struct oci_reference *reference,
		 struct reach *reach, struct error *error)
{
	struct oci_endpoint endpoints[OCI_ENDPOINTS_MAX];
	size_t count = 0, size = 0;
	int r;

	memset(reach, 0, sizeof(*reach));
	r = find_endpoints(options, reference, endpoints, &count, error);
	if (r == 0)
		r = proxies_read(&reach->proxies, error);
	if (r == 0 && options->authorities)
		r = file_read_bytes(options->authorities, AUTHORITIES_BYTES_MAX, &reach->bundle,
				    &size, error);
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_registry(options, &endpoints[i], i + 1 == count, size, reach, error);
	return r;
}

void reach_free(struct reach *reach)
{
	for (size_t i = 0; i < reach->pull.count; i++)
		registry_free(&reach->pull.at[i]);
	proxies_free(&reach->proxies);
	free(reach->bundle);
}
