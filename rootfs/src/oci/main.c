// SPDX-License-Identifier: Apache-2.0
/* keelson-oci: images of containers, from registries or files into a store that overlayfs can
 * mount. Arguments and exit codes; what is done stands in verbs.h. */
#include "lib/download.h"
#include "lib/text.h"
#include "oci/verbs.h"
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define MEMORY_BYTES_MAX (640 << 20) /* zstd may want 128 MiB for each of four layers */

static const char usage[] =
	"usage: keelson-oci [OPTION…] pull [--all-tags] NAME\n"
	"       keelson-oci [OPTION…] load [--name NAME] FILE|FOLDER\n"
	"       keelson-oci [OPTION…] images | inspect NAME | rm NAME | gc | verify\n"
	"       keelson-oci [OPTION…] hold --holder HOLDER NAME | drop HOLDER\n"
	"       keelson-oci [OPTION…] export-bundle NAME FOLDER\n"
	"       keelson-oci --help | --version\n"
	"\n"
	"NAME is REGISTRY[:PORT]/REPOSITORY[:TAG][@sha256:…]; the registry is always named:\n"
	"docker.io/library/busybox:1.37. load takes OCI layouts, as folders or tar archives,\n"
	"and archives of docker save and podman save.\n"
	"With --all-tags pull takes NAME without a tag: the repository's tags, up to 1000.\n"
	"rm takes a name away, gc what no name needs any more but layers that someone holds:\n"
	"hold prints the folders for lowerdir=, the lowest first, and keeps them until drop or\n"
	"the next start of the machine. verify reads everything and compares it with its digests.\n"
	"export-bundle copies an image into a folder, which must not be there yet, as crun and runc\n"
	"want it: rootfs/ and a config.json, with a network of its own that has nothing but lo.\n"
	"\n"
	"  --root DIR         the store (" STORE_PATH ")\n"
	"  --platform OS/ARCHITECTURE[/VARIANT]   of which the image is (this machine's)\n"
	"  --authfile FILE    logins; else $REGISTRY_AUTH_FILE, else the first that has one of\n"
	"                     $XDG_RUNTIME_DIR/containers/auth.json, /run/containers/0/auth.json,\n"
	"                     /etc/containers/auth.json, ~/.docker/config.json\n"
	"  --etc DIR          where containers/registries.conf, registries.conf.d and auth.json,\n"
	"                     and keelson/trust.d are (/etc)\n"
	"  --authorities FILE certificates (PEM) to trust instead of the system's\n"
	"  --plain-http       the registry is reached by http:, unprotected\n"
	"  --tries N          of a request that fails (5), with waits that grow\n"
	"  --retry-ms MS      the first wait (500)\n"
	"  --stall-s S        nothing for so long counts as cut (30)\n"
	"  --threads N        layers at the same time (4)\n"
	"  --json             images, hold, gc and verify: as JSON, as inspect always is\n"
	"  --quiet            errors only\n"
	"$HTTPS_PROXY, $HTTP_PROXY and $NO_PROXY count.\n"
	"Exit codes: 0 done, 1 failed, 2 usage.\n";

enum {
	ROOT = 256,
	PLATFORM,
	AUTHFILE,
	ETC,
	AUTHORITIES,
	PLAIN_HTTP,
	TRIES,
	RETRY_MS,
	STALL_S,
	THREADS,
	JSON,
	QUIET,
	NAME,
	ALL_TAGS,
	HOLDER,
	HELP,
	VERSION,
};

static const struct option names[] = {
	{ "root", required_argument, NULL, ROOT },
	{ "platform", required_argument, NULL, PLATFORM },
	{ "authfile", required_argument, NULL, AUTHFILE },
	{ "etc", required_argument, NULL, ETC },
	{ "authorities", required_argument, NULL, AUTHORITIES },
	{ "plain-http", no_argument, NULL, PLAIN_HTTP },
	{ "tries", required_argument, NULL, TRIES },
	{ "retry-ms", required_argument, NULL, RETRY_MS },
	{ "stall-s", required_argument, NULL, STALL_S },
	{ "threads", required_argument, NULL, THREADS },
	{ "json", no_argument, NULL, JSON },
	{ "quiet", no_argument, NULL, QUIET },
	{ "name", required_argument, NULL, NAME },
	{ "all-tags", no_argument, NULL, ALL_TAGS },
	{ "holder", required_argument, NULL, HOLDER },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, VERSION },
	{ 0 },
};

static int take_number(const char *text, unsigned max, unsigned *ret, struct error *error)
{
	uint64_t number;

	if (text_to_number(text, max, &number) < 0 || number == 0)
		return error_set(error, -EINVAL, "%s is no number from 1 to %u", text, max);
	*ret = (unsigned)number;
	return 0;
}

static int take_option(int option, const char *value, struct options *options, struct error *error)
{
	switch (option) {
	case ROOT:
		options->store = value;
		return 0;
	case PLATFORM:
		return oci_platform_parse(value, &options->platform, error);
	case AUTHFILE:
		options->auth_file = value;
		return 0;
	case ETC:
		options->etc = value;
		return 0;
	case AUTHORITIES:
		options->authorities = value;
		return 0;
	case PLAIN_HTTP:
		options->plain_http = true;
		return 0;
	case TRIES:
		return take_number(value, 1000, &options->tries, error);
	case RETRY_MS:
		return take_number(value, 60000, &options->retry_ms, error);
	case STALL_S:
		return take_number(value, 3600, &options->stall_s, error);
	case THREADS:
		return take_number(value, 16, &options->threads, error);
	case JSON:
		options->json = true;
		return 0;
	case QUIET:
		options->quiet = true;
		return 0;
	case NAME:
		options->name = value;
		return 0;
	case ALL_TAGS:
		options->all_tags = true;
		return 0;
	case HOLDER:
		options->holder = value;
		return 0;
	}
	return error_set(error, -EINVAL, "unknown option");
}

static void this_machine(struct oci_platform *ret)
{
	struct utsname names_of;

	if (uname(&names_of) == 0)
		snprintf(ret->architecture, sizeof(ret->architecture), "%.31s", names_of.machine);
	strcpy(ret->os, "linux");
	oci_platform_normalise(ret);
}

static const struct {
	const char *name;
	int (*with)(const struct options *options, const char *argument, struct error *error);
	int (*without)(const struct options *options, struct error *error);
	int (*with_two)(const struct options *options, const char *argument, const char *second,
			struct error *error);
} verbs[] = {
	{ "pull", .with = verb_pull },        { "load", .with = verb_load },
	{ "images", .without = verb_images }, { "inspect", .with = verb_inspect },
	{ "rm", .with = verb_remove },        { "gc", .without = verb_gc },
	{ "verify", .without = verb_verify }, { "hold", .with = verb_hold },
	{ "drop", .with = verb_drop },        { "export-bundle", .with_two = verb_export_bundle },
};

static int complain(const char *why)
{
	fprintf(stderr, "%s%s%s", why, *why ? "\n" : "", usage);
	return 2;
}

static int run(const struct options *options, int count, char *words[])
{
	struct error error = { 0 };

	for (size_t i = 0; count > 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		int r;

		if (strcmp(words[0], verbs[i].name) != 0)
			continue;
		if (count != (verbs[i].with_two ? 3 : verbs[i].with ? 2 : 1))
			return complain("");
		if (verbs[i].with_two)
			r = verbs[i].with_two(options, words[1], words[2], &error);
		else
			r = verbs[i].with ? verbs[i].with(options, words[1], &error)
					  : verbs[i].without(options, &error);
		if (r < 0)
			fprintf(stderr, "keelson-oci: %s\n", error.text);
		return r < 0 || fflush(stdout) != 0;
	}
	return complain("");
}

/* Folders in folders are open one for each. Memory: what an archive makes libarchive ask for is no
 * longer there for others at some point. */
static void set_limits(void)
{
	static const struct rlimit memory = { MEMORY_BYTES_MAX, MEMORY_BYTES_MAX };
	struct rlimit files;

	setrlimit(RLIMIT_DATA, &memory);

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

int main(int argc, char *argv[])
{
	struct options options = { .store = STORE_PATH,
				   .etc = "/etc",
				   .auth_file = secure_getenv("REGISTRY_AUTH_FILE"),
				   .tries = 5,
				   .retry_ms = 500,
				   .stall_s = 30,
				   .threads = 4 };
	struct error error = { 0 };
	int option;

	setlocale(LC_CTYPE, "C.UTF-8"); /* libarchive goes by it for names */
	umask(022);
	set_limits();
	this_machine(&options.platform);
	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == HELP)
			return fputs(usage, stdout) < 0;
		if (option == VERSION)
			return puts("keelson-oci " KEELSON_VERSION) < 0;
		if (option == '?')
			return complain("");
		if (take_option(option, optarg, &options, &error) < 0)
			return complain(error.text);
	}
	return run(&options, argc - optind, argv + optind);
}
