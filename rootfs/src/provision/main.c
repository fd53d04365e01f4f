// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-provision: Ignition configs on the command line. This file parses arguments, calls and
 * prints; what a config means is lib/ignition's.
 */
#include "lib/ignition/ignition.h"
#include "os/file.h"
#include "provision/acquire.h"
#include "provision/apply.h"
#include "provision/getfile.h"
#include "provision/options.h"
#include "provision/report.h"
#include "provision/stage.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: keelson-provision validate [--json] FILE...\n"
	"       keelson-provision merge PARENT CHILD\n"
	"       keelson-provision acquire [OPTION...] [FILE]\n"
	"       keelson-provision apply --root DIR [--dry-run] FILE\n"
	"       keelson-provision stage NAME\n"
	"       keelson-provision fetch [--hash sha256-HEX] URL FILE\n"
	"Ignition configs (JSON; spec 3.0.0 to 3.6.0, and 3.7.0-experimental). FILE - is the standard\n"
	"input.\n"
	"  validate  checks each FILE by all rules of its version and prints every problem, as\n"
	"              FILE: error at $.storage.files.0.path, line 7 col 12: path not absolute\n"
	"            Warnings look the same and do not make a FILE invalid. A column counts bytes.\n"
	"            --json: one object a FILE and line: {\"file\", \"valid\", \"entries\": [{\"kind\",\n"
	"            \"path\", \"line\", \"column\", \"message\"}]}\n"
	"  merge     prints the config that PARENT becomes when it names CHILD in\n"
	"            ignition.config.merge: CHILD's values count, lists with keys merge by key. Rules\n"
	"            are not checked; pipe the result to `validate -`.\n"
	"  acquire   prints the config that FILE, or without it this machine's platform, comes to: with\n"
	"            all that it names in ignition.config fetched and merged. Where it is from, every\n"
	"            problem and every try that is repeated go to standard error. Options, for tests:\n"
	"            --sys, --proc, --dev, --run DIR  look there instead\n"
	"            --metadata URL                   ask there instead of the cloud's service\n"
	"            --retry-ms N                     wait so long after the first failed try (200)\n"
	"            --device-ms N                    wait so long for a named device (30000)\n"
	"  apply     does what FILE asks for: to the disks that it names, and to the tree below DIR.\n"
	"            What can be known to be wrong is printed before anything is written. --dry-run\n"
	"            prints the plan, a line a step, and writes nothing.\n"
	"  stage     what keelson-init calls on a first boot, in this order: fetch, disks, mount, files,\n"
	"            umount, finish. The config is this machine's; see README.md.\n"
	"  fetch     gets what is at URL (http:, https:, tftp:) into FILE, however long it is: what was\n"
	"            cut is gone on with, and how far it is is printed every 5 seconds. FILE is there\n"
	"            when all of it has come and has this hash.\n"
	"Exit codes: 0 done (valid), 1 failed (invalid), 2 usage, 3 no config anywhere (acquire).\n";

static void free_parsed(struct ign_parsed *parsed)
{
	ign_free(parsed);
}
#define AUTO_PARSED __attribute__((cleanup(free_parsed))) struct ign_parsed

/* Reads and parses. -EBADMSG: the report says why. */
static int load(const char *path, bool validate, struct ign_parsed *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = file_read_bytes(path, IGN_BYTES_MAX + 1, &text, &size, error);

	if (r < 0)
		return r;
	r = ign_parse(text, size, validate, ret);
	return r == -ENOMEM ? error_set(error, r, "%s: out of memory", path) : r;
}

static void print_json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			printf("\\u%04x", c);
		else
			printf(c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	putchar('"');
}

static void print_json(const char *path, bool valid, const struct ign_report *report)
{
	fputs("{\"file\":", stdout);
	print_json_string(path);
	printf(",\"valid\":%s,\"entries\":[", valid ? "true" : "false");
	for (size_t i = 0; i < report->count; i++) {
		const struct ign_entry *entry = &report->entries[i];

		printf("%s{\"kind\":\"%s\",\"path\":", i ? "," : "",
		       entry->warning ? "warning" : "error");
		print_json_string(entry->path ? entry->path : "$");
		printf(",\"line\":%u,\"column\":%u,\"message\":", entry->line, entry->column);
		print_json_string(entry->message);
		putchar('}');
	}
	puts("]}");
}

/* Returns 0, 1 for an invalid file, or what went wrong. */
static int validate_file(const char *path, bool json, struct error *error)
{
	AUTO_PARSED parsed = { 0 };
	int r = load(path, true, &parsed, error);

	if (r < 0 && r != -EBADMSG)
		return r;
	if (json)
		print_json(path, r == 0, &parsed.report);
	else
		report_print(stdout, path, &parsed.report);
	return r == 0 ? 0 : 1;
}

static int validate(char *paths[])
{
	bool json = paths[0] && strcmp(paths[0], "--json") == 0;
	int ret = 0;

	paths += json;
	if (!paths[0])
		return 2;
	for (; *paths; paths++) {
		struct error error = { 0 };
		int r = validate_file(*paths, json, &error);

		if (r < 0)
			fprintf(stderr, "keelson-provision: %s\n", error.text);
		ret |= r != 0;
	}
	return ret;
}

/* Only what cannot be read stops a merge; that is said here. */
static int load_for_merge(const char *path, struct ign_parsed *ret, struct error *error)
{
	int r = load(path, false, ret, error);

	if (r != -EBADMSG)
		return r;
	report_print(stderr, path, &ret->report);
	return error_set(error, r, "%s: not a config", path);
}

static int merge_files(const char *parent_path, const char *child_path, struct error *error)
{
	AUTO_PARSED parent = { 0 };
	AUTO_PARSED child = { 0 };
	AUTO_PARSED merged = { 0 };
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = load_for_merge(parent_path, &parent, error);

	if (r == 0)
		r = load_for_merge(child_path, &child, error);
	if (r < 0)
		return r;
	if (ign_merge(&parent, &child, &merged) < 0 || ign_encode(&merged.config, &text, &size) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	fwrite(text, 1, size, stdout);
	putchar('\n');
	return 0;
}

static int merge(char *paths[])
{
	struct error error = { 0 };

	if (!paths[0] || !paths[1] || paths[2])
		return 2;
	if (merge_files(paths[0], paths[1], &error) == 0)
		return 0;
	fprintf(stderr, "keelson-provision: %s\n", error.text);
	return 1;
}

static void print_line(void *context, const char *line)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

static int print_acquired(const struct acquired *acquired, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;

	if (!acquired->found)
		return 3;
	if (ign_encode(acquired_config(acquired), &text, &size) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	fprintf(stderr, "source: %s\n", acquired->source);
	fwrite(text, 1, size, stdout);
	putchar('\n');
	return 0;
}

static int acquire_and_print(const struct acquire_options *options, struct error *error)
{
	struct acquired acquired = { 0 };
	struct fetcher *fetcher = NULL;
	int r = fetcher_new(&fetcher, error);

	if (r == 0) {
		fetcher_log_to(fetcher, print_line, NULL);
		fetcher_wait_first(fetcher, options->wait_first_ms);
		r = options->file ? acquire_file(options->file, fetcher, stderr, &acquired, error)
				  : acquire_platform(&options->environment, fetcher, stderr,
						     &acquired, error);
	}
	if (r == 0)
		r = print_acquired(&acquired, error);
	fetcher_free(fetcher);
	acquired_free(&acquired);
	return r;
}

static int acquire(char *argv[])
{
	struct acquire_options options;
	struct error error = { 0 };
	int r;

	if (acquire_options_parse(argv, &options) < 0)
		return 2;
	r = acquire_and_print(&options, &error);
	if (r < 0)
		fprintf(stderr, "keelson-provision: %s\n", error.text);
	return r < 0 ? 1 : r;
}

static int apply_acquired(const char *path, const struct apply_options *options,
			  struct error *error)
{
	struct acquired acquired = { 0 };
	struct fetcher *fetcher = NULL;
	int r = fetcher_new(&fetcher, error);

	if (r == 0)
		r = acquire_file(path, fetcher, stdout, &acquired, error);
	if (r == 0)
		r = apply(acquired_config(&acquired), options, fetcher, stdout, error);
	fetcher_free(fetcher);
	acquired_free(&acquired);
	return r;
}

static int apply_file(char *argv[])
{
	struct apply_options options = { 0 };
	struct error error = { 0 };
	const char *path = NULL;

	for (; *argv; argv++) {
		if (strcmp(*argv, "--dry-run") == 0)
			options.dry_run = true;
		else if (strcmp(*argv, "--root") == 0 && argv[1])
			options.root = *++argv;
		else if (path || (**argv == '-' && strcmp(*argv, "-") != 0))
			return 2;
		else
			path = *argv;
	}
	if (!path || !options.root)
		return 2;
	if (apply_acquired(path, &options, &error) == 0)
		return 0;
	fprintf(stderr, "keelson-provision: %s\n", error.text);
	return 1;
}

static int run_stage(char *argv[])
{
	struct error error = { 0 };

	if (!argv[0] || argv[1] || !stage_exists(argv[0]))
		return 2;
	if (stage_run(argv[0], &error) == 0)
		return 0;
	fprintf(stderr, "keelson-provision: %s\n", error.text);
	return 1;
}

static int fetch_file(char *argv[])
{
	struct getfile_options options = { 0 };
	struct error error = { 0 };

	if (argv[0] && argv[1] && strcmp(argv[0], "--hash") == 0) {
		options.hash = argv[1];
		argv += 2;
	}
	if (!argv[0] || !argv[1] || argv[2])
		return 2;
	options.url = argv[0];
	options.path = argv[1];
	if (getfile(&options, &error) == 0)
		return 0;
	fprintf(stderr, "keelson-provision: %s\n", error.text);
	return 1;
}

int main(int argc, char *argv[])
{
	int r = 2;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "validate") == 0)
		r = validate(argv + 2);
	else if (argc > 1 && strcmp(argv[1], "merge") == 0)
		r = merge(argv + 2);
	else if (argc > 1 && strcmp(argv[1], "acquire") == 0)
		r = acquire(argv + 2);
	else if (argc > 1 && strcmp(argv[1], "apply") == 0)
		r = apply_file(argv + 2);
	else if (argc > 1 && strcmp(argv[1], "stage") == 0)
		r = run_stage(argv + 2);
	else if (argc > 1 && strcmp(argv[1], "fetch") == 0)
		r = fetch_file(argv + 2);
	if (r == 2)
		fputs(usage, stderr);
	else if (fflush(stdout) != 0 || ferror(stdout))
		r = 1;
	return r;
}
