// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-health-generator: makes every service in health.d a condition of boot-complete.target.
 * systemd runs it before it loads units (systemd.generator(7)): there is nothing to ask and nothing
 * to wait for, and what it says goes to the kernel's log. A file that it cannot use is left out
 * rather than making every boot a bad one.
 */
#include "lib/health.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/kmsg.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TARGET "boot-complete.target.d"

static const char usage[] =
	"usage: keelson-health-generator [NORMAL EARLY] LATE\n"
	"Run by systemd, with folders for units. Every NAME.service in /etc/keelson/health.d and\n"
	"/usr/lib/keelson/health.d is linked into LATE, and boot-complete.target requires it. Of two\n"
	"with the same name the one in /etc counts; a link to /dev/null there switches it off.\n"
	"Exit codes: 0 done, 1 failed, 2 usage.\n";

/* The first has the last word. */
static const char *const folders[] = { "/etc/keelson/health.d", "/usr/lib/keelson/health.d" };
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

static bool is_overridden(size_t folder, const char *name)
{
	for (size_t i = 0; i < folder; i++) {
		char path[PATH_MAX];
		struct stat status;

		snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (lstat(path, &status) == 0)
			return true;
	}
	return false;
}

static bool is_off(const char *path)
{
	char target[sizeof("/dev/null")] = "";

	return readlink(path, target, sizeof(target)) == sizeof(target) - 1 &&
	       strncmp(target, "/dev/null", sizeof(target) - 1) == 0;
}

/* Why a file can't be a check, or NULL. */
static const char *unusable(const char *path, const char *name)
{
	struct stat status;

	if (!health_is_check(name))
		return "is not named as a service (letters, digits and :_.@-)";
	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return "is not a file";
	return NULL;
}

/* In the folder of least priority: a check cannot take the place of a unit of the system. */
static int add_check(FILE *target, const char *late, const char *path, const char *name,
		     struct error *error)
{
	char link[PATH_MAX];

	snprintf(link, sizeof(link), "%s/%s", late, name);
	if (symlink(path, link) < 0)
		return error_errno(error, "link %s to %s", link, path);
	fprintf(target, "Requires=%s\nAfter=%s\n", name, name);
	return 0;
}

static int add_folder(FILE *target, const char *late, size_t number, struct error *error)
{
	DIR *folder = opendir(folders[number]);
	struct dirent *entry;
	int r = 0;

	while (folder && r == 0 && (entry = readdir(folder))) {
		const char *name = entry->d_name, *why;
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", folders[number], name);
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_off(path) ||
		    is_overridden(number, name))
			continue;
		why = unusable(path, name);
		if (!why) {
			r = add_check(target, late, path, name, error);
			continue;
		}
		text_clean(path);
		kmsg_print(KMSG_WARNING, "%s %s: no check is made of it", path, why);
	}
	if (folder)
		closedir(folder);
	return r;
}

static int generate(const char *late, struct error *error)
{
	char path[PATH_MAX];
	FILE *target;
	int r;

	snprintf(path, sizeof(path), "%s/" TARGET, late);
	r = file_make_folder(path, error);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/" TARGET "/50-keelson-health.conf", late);
	target = fopen(path, "we");
	if (!target)
		return error_errno(error, "create %s", path);
	fputs("[Unit]\n", target);
	for (size_t i = 0; i < FOLDERS && r == 0; i++)
		r = add_folder(target, late, i, error);
	if (fclose(target) != 0 && r == 0)
		r = error_errno(error, "write %s", path);
	return r;
}

int main(int argc, char *argv[])
{
	struct error error = { 0 };

	if ((argc != 2 && argc != 4) || strcmp(argv[1], "--help") == 0) {
		int asked = argc == 2;

		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	if (generate(argv[argc - 1], &error) == 0)
		return 0;
	kmsg_print(KMSG_ERROR, "%s", error.text);
	return 1;
}
