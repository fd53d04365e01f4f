// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-quadlet: Quadlet files become services. systemd runs it before it loads units
 * (systemd.generator(7)): no network, nothing to wait for, and what it says goes to the kernel's
 * log. A file with an error has no unit; the others have theirs. With --dry-run it prints instead
 * of writing, so that files can be checked where they are made.
 */
#include "os/file.h"
#include "os/kmsg.h"
#include "os/quadletfiles.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: keelson-quadlet --dry-run [FOLDER…]   print the services of the files there\n"
	"       keelson-quadlet NORMAL [EARLY LATE]   write them into NORMAL (run by systemd)\n"
	"       keelson-quadlet --help | --version\n"
	"\n"
	"Makes a systemd service of each .container, .pod, .volume, .network and .image file, with\n"
	"the drop-ins in NAME.d/*.conf, as podman-systemd.unit(5) has them. The services call\n"
	"keelson-run. Files are searched, the first of a name counts, in\n"
	"  /run/containers/systemd, /etc/containers/systemd, /usr/share/containers/systemd\n"
	"and all folders below them, or else in those that QUADLET_UNIT_DIRS names (with colons\n"
	"between). An empty file, or a link to /dev/null, switches its name off.\n"
	"\n"
	"  hello.container:  [Container]\n"
	"                    Image=quay.io/example/hello:1\n"
	"                    PublishPort=8080:80\n"
	"                    [Install]\n"
	"                    WantedBy=multi-user.target\n"
	"\n"
	"becomes hello.service. Each problem is a line FILE:LINE: error: KEY: reason [class], on\n"
	"standard error or in the kernel's log. A file with an error gets no service, a warning\n"
	"changes nothing. No key is passed over: what is not supported is an error.\n"
	"Exit codes: 0 all files are good, 1 there are errors, 2 usage.\n";

static const char *const search_path[] = {
	"/run/containers/systemd",
	"/etc/containers/systemd",
	"/usr/share/containers/systemd",
};
#define USERS "/etc/containers/systemd/users"

/* Absolute paths only: where a generator starts is not for anyone to know. */
static void add_from_environment(struct quadlet *quadlet, struct words *folders, const char *list)
{
	struct quadlet_problem relative = { .class = QUADLET_BAD_VALUE,
					    .key = "QUADLET_UNIT_DIRS" };

	while (*list != '\0') {
		size_t length = strcspn(list, ":");
		const char *folder = arena_copy(&quadlet->arena, list, length);

		if (folder && *folder == '/')
			words_add(folders, &quadlet->arena, folder);
		relative.text =
			folder ? arena_format(&quadlet->arena, "%s is no absolute path", folder)
			       : "";
		if (folder && *folder != '/' && length > 0)
			quadlet_add_problem(quadlet, relative);
		list += length + (list[length] == ':');
	}
}

/* Where to search if nothing is given. */
static struct words default_folders(struct quadlet *quadlet)
{
	const char *list = secure_getenv("QUADLET_UNIT_DIRS");
	struct words folders = { 0 };

	if (list && *list != '\0') {
		add_from_environment(quadlet, &folders, list);
		return folders;
	}
	for (size_t i = 0; i < sizeof(search_path) / sizeof(*search_path); i++)
		words_add(&folders, &quadlet->arena, search_path[i]);
	return folders;
}

static void say(struct quadlet *quadlet, bool dry)
{
	for (size_t i = 0; i < quadlet->problem_count; i++) {
		const struct quadlet_problem *problem = &quadlet->problems[i];
		const char *text = quadlet_problem_format(quadlet, problem);

		if (dry)
			fprintf(stderr, "%s\n", text);
		else
			kmsg_print(problem->warning ? KMSG_WARNING : KMSG_ERROR, "%s", text);
	}
}

static void print(struct quadlet *quadlet)
{
	for (const struct quadlet_file *file = quadlet->files; file; file = file->next) {
		if (file->failed || file->off)
			continue;
		printf("---%s---\n%s\n", file->service,
		       quadlet_format(quadlet, file, &file->generated));
		for (size_t i = 0; i < file->extra_count; i++)
			printf("---%s---\n%s\n", file->extras[i].name,
			       quadlet_format(quadlet, file, &file->extras[i].unit));
	}
}

static int write_all(struct quadlet *quadlet, const char *folder)
{
	int ret = 0;

	for (const struct quadlet_file *file = quadlet->files; file; file = file->next) {
		struct error error = { 0 };

		if (file->failed || file->off)
			continue;
		if (quadlet_write(quadlet, file, folder, &error) < 0) {
			kmsg_print(KMSG_ERROR, "%s", error.text);
			ret = 1;
		}
	}
	return ret;
}

/* out: NULL to print. */
static int run(struct quadlet *quadlet, const struct words *folders, bool needed, const char *out)
{
	int ret = 0;

	quadlet_read(quadlet, folders, USERS, needed);
	if (quadlet_convert(quadlet) < 0) {
		kmsg_print(KMSG_ERROR, "%s", strerror(ENOMEM));
		return 1;
	}
	say(quadlet, !out);
	if (out)
		ret = write_all(quadlet, out);
	else
		print(quadlet);
	return quadlet->errors > 0 ? 1 : ret;
}

static int dry_run(struct quadlet *quadlet, int count, char *names[])
{
	struct words folders = { 0 };

	for (int i = 0; i < count; i++)
		words_add(&folders, &quadlet->arena, names[i]);
	if (count == 0)
		folders = default_folders(quadlet);
	return run(quadlet, &folders, count > 0, NULL);
}

static int complain(const char *why)
{
	fprintf(stderr, "%s%s%s", why, *why != '\0' ? "\n" : "", usage);
	return 2;
}

int main(int argc, char *argv[])
{
	struct quadlet quadlet = { 0 };
	const char *first = argc > 1 ? argv[1] : "";
	struct words folders;
	int ret;

	if (strcmp(first, "--help") == 0)
		return fputs(usage, stdout) < 0;
	if (strcmp(first, "--version") == 0)
		return puts("keelson-quadlet " KEELSON_VERSION) < 0;
	if (strcmp(first, "--user") == 0)
		return complain("keelson-quadlet: --user: there are no users' services here, all "
				"containers are the system's");
	if (strcmp(first, "--dry-run") != 0 && (first[0] == '-' || (argc != 2 && argc != 4)))
		return complain("");
	if (strcmp(first, "--dry-run") == 0) {
		ret = dry_run(&quadlet, argc - 2, argv + 2);
	} else {
		folders = default_folders(&quadlet);
		ret = run(&quadlet, &folders, false, first);
	}
	quadlet_free(&quadlet);
	return ret;
}
