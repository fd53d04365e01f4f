// SPDX-License-Identifier: Apache-2.0
/* Images: keelson-oci pulls them, as a program of its own. The verb image, and what containers need
 * of it. */
#include "lib/base64.h"
#include "lib/run/amounts.h"
#include "lib/text.h"
#include "oci/hold.h"
#include "run/process.h"
#include "run/verbs.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const kept[] = { "HOME",     "http_proxy",         "https_proxy",
				    "no_proxy", "HTTP_PROXY",         "HTTPS_PROXY",
				    "NO_PROXY", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR",
				    NULL };

static void add(struct words *argv, const struct places *places, const char *option,
		const char *value)
{
	words_add(argv, places->arena, option);
	if (value)
		words_add(argv, places->arena, value);
}

static int add_tries(const struct places *places, const struct run_options *options,
		     struct words *argv, struct error *error)
{
	uint64_t retries, delay_ms;

	if (options->retry) {
		if (text_to_number(options->retry, 999, &retries) < 0)
			return error_set(error, -EINVAL, "--retry=%s is no number up to 999",
					 options->retry);
		add(argv, places, "--tries",
		    arena_format(places->arena, "%llu", (unsigned long long)retries + 1));
	}
	if (options->retry_delay) {
		if (amount_duration(options->retry_delay, &delay_ms) < 0 || delay_ms == 0 ||
		    delay_ms > 60000)
			return error_set(error, -EINVAL, "--retry-delay=%s is none of 1ms to 60s",
					 options->retry_delay);
		add(argv, places, "--retry-ms",
		    arena_format(places->arena, "%llu", (unsigned long long)delay_ms));
	}
	return 0;
}

static int add_platform(const struct places *places, const struct run_options *options,
			struct words *argv, struct error *error)
{
	if (options->platform) {
		add(argv, places, "--platform", options->platform);
		return 0;
	}
	if (!options->arch && (options->os || options->variant))
		return error_set(error, -EINVAL, "--os and --variant need --arch");
	if (options->arch)
		add(argv, places, "--platform",
		    arena_format(places->arena, "%s/%s%s%s", options->os ? options->os : "linux",
				 options->arch, options->variant ? "/" : "",
				 options->variant ? options->variant : ""));
	return 0;
}

/* A file that only we can read, without a name: the login is not seen in the list of processes. */
static int login_file(const struct places *places, const char *credentials, const char *image,
		      struct words *argv, int *ret, struct error *error)
{
	size_t length = strlen(credentials), registry = strcspn(image, "/");
	char *coded = arena_get(places->arena, BASE64_CODED(length), 1);
	const char *text;

	if (!strchr(credentials, ':'))
		return error_set(error, -EINVAL, "--creds=USER:PASSWORD");
	if (!coded || length > 4096)
		return error_set(error, -E2BIG, "--creds is too long");
	base64_encode(credentials, length, coded);
	text = arena_format(places->arena, "{\"auths\":{\"%.*s\":{\"auth\":\"%s\"}}}",
			    (int)registry, image, coded);
	*ret = open(place_of(places, "locks", NULL, NULL), O_RDWR | O_TMPFILE, 0600);
	if (*ret < 0 || file_append(*ret, text, strlen(text)) < 0)
		return error_errno(error, "write login");
	add(argv, places, "--authfile", arena_format(places->arena, "/proc/self/fd/%d", *ret));
	return 0;
}

static int pull(const struct places *places, const struct run_options *options, const char *image,
		struct error *error)
{
	struct words argv = { 0 };
	AUTO_CLOSE int login = -1;
	int r;

	add(&argv, places, places->oci, NULL);
	add(&argv, places, "--root", places->store);
	r = add_tries(places, options, &argv, error);
	if (r == 0)
		r = add_platform(places, options, &argv, error);
	if (options->authfile)
		add(&argv, places, "--authfile", options->authfile);
	if (r == 0 && options->credentials)
		r = login_file(places, options->credentials, image, &argv, &login, error);
	if (options->cert_dir)
		add(&argv, places, "--authorities",
		    arena_format(places->arena, "%s/ca.crt", options->cert_dir));
	if (!options->tls_verify)
		add(&argv, places, "--plain-http", NULL);
	if (options->quiet)
		add(&argv, places, "--quiet", NULL);
	if (options->all_tags)
		add(&argv, places, "--all-tags", NULL);
	add(&argv, places, "pull", image);
	if (r == 0 && places->arena->exhausted)
		r = error_set(error, -ENOMEM, "out of memory");
	if (r == 0)
		r = process_run(&argv, kept, STDERR_FILENO,
				error); /* a container's output is its own */
	return r > 0 ? error_set(error, -EIO, "image %s could not be pulled (see above)", image)
		     : r;
}

static bool is_there(const struct places *places, const char *image)
{
	struct hold hold;

	if (hold_take(places->store, image, NULL, &hold, NULL) < 0)
		return false;
	hold_free(&hold);
	return true;
}

/* "newer" does without the registry if there is an image. */
int image_want(const struct places *places, const struct run_options *options, const char *image,
	       const char *how, struct error *error)
{
	const char *when = how ? how : "missing";
	int r = place_make(places->store, false, error);

	if (r == 0)
		r = place_make(place_of(places, "locks", NULL, NULL), false, error);
	if (r < 0)
		return r;
	if (strcmp(when, "missing") == 0 && is_there(places, image))
		return 0;
	if (strcmp(when, "never") == 0)
		return is_there(places, image)
			       ? 0
			       : error_set(error, -ENOENT,
					   "image %s is not here, and --pull=never; remedy: "
					   "keelson-oci pull or load",
					   image);
	r = pull(places, options, image, error);
	return r < 0 && strcmp(when, "newer") == 0 && is_there(places, image) ? 0 : r;
}

/* Which tags there are is the registry's to say, whatever the policy. */
int verb_image(const struct places *places, const struct run_options *options, struct error *error)
{
	const char *how = options->policy && !options->all_tags ? options->policy : "always";

	return image_want(places, options, options->operand, how, error);
}
