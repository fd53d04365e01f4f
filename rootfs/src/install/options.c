// SPDX-License-Identifier: Apache-2.0
/* See options.h. */
#include "install/options.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CERTIFICATE "/usr/lib/keelson/boot.crt"
#define IMAGE_NAME "disk.img.zst"

/* Options without a value. */
static bool *flag_of(struct options *options, const char *name)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "--wipe", &options->wipe },
		{ "--yes", &options->yes },
		{ "--list", &options->list },
		{ "--json", &options->json },
		{ "--unattended", &options->unattended },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(name, flags[i].name) == 0)
			return flags[i].flag;
	return NULL;
}

static const char **value_of(struct options *options, const char *name)
{
	const struct {
		const char *name, **value;
	} values[] = {
		{ "--image", &options->image },
		{ "--ignition", &options->ignition },
		{ "--certificate", &options->certificate },
		{ "--cmdline", &options->cmdline },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(name, values[i].name) == 0)
			return values[i].value;
	return NULL;
}

static int take_value(struct options *options, const char *name, const char *value,
		      struct error *error)
{
	const char **place = value_of(options, name);

	if (!value || *value == '\0')
		return error_set(error, -EINVAL, "%s: wants a value, or is not known", name);
	if (place) {
		*place = value;
		return 0;
	}
	if (options->disk.key != DISK_UNSAID)
		return error_set(error, -EINVAL, "more than one disk");
	if (strcmp(name, "--disk") == 0)
		return disk_wanted_parse(value, &options->disk, error);
	if (strcmp(name, "--disk-match") != 0)
		return error_set(error, -EINVAL, "%s: not known", name);
	options->disk = (struct disk_wanted){ DISK_REGEX, value };
	return 0;
}

int options_parse(char *argv[], struct options *ret, struct error *error)
{
	int r = 0;

	*ret = (struct options){ .certificate = CERTIFICATE, .cmdline = "/proc/cmdline" };
	for (; *argv && r == 0; argv++) {
		bool *flag = flag_of(ret, *argv);

		if (flag) {
			*flag = true;
			continue;
		}
		r = take_value(ret, *argv, argv[1], error);
		argv += r == 0;
	}
	if (r == 0 && ret->unattended && (ret->disk.key != DISK_UNSAID || ret->list))
		r = error_set(error, -EINVAL, "--unattended goes by the kernel's command line");
	return r;
}

/* "" if it is not there. */
static int take_key(const char *cmdline, const char *key, char *ret, size_t room,
		    struct error *error)
{
	int r = cmdline_value(cmdline, key, ret, room);

	if (r == -ENOENT)
		ret[0] = '\0';
	return r < 0 && r != -ENOENT ? error_set(error, r, "%s= is too long", key) : 0;
}

/* keelson.pxe= names the folder that the machine started from, the image lies beside it. */
static int take_image(const char *cmdline, char ret[CMDLINE_URL_BYTES], struct error *error)
{
	const char *host;
	char *slash;
	size_t length;
	int r = take_key(cmdline, "keelson.install.image", ret, CMDLINE_URL_BYTES, error);

	if (r < 0 || ret[0] != '\0')
		return r;
	r = take_key(cmdline, "keelson.pxe", ret, CMDLINE_URL_BYTES - sizeof(IMAGE_NAME), error);
	if (r < 0 || ret[0] == '\0')
		return r;
	length = strlen(ret);
	while (length > 0 && ret[length - 1] == '/')
		ret[--length] = '\0';
	host = strstr(ret, "://");
	slash = strrchr(host ? host + 3 : ret, '/');
	if (slash)
		slash[1] = '\0';
	else
		strcat(ret, "/");
	strcat(ret, IMAGE_NAME);
	return 0;
}

static int take_all(const char *cmdline, struct options *options, struct error *error)
{
	char wipe[CMDLINE_VALUE_BYTES];
	int r = take_key(cmdline, "keelson.install.disk", options->kernel_disk,
			 sizeof(options->kernel_disk), error);

	if (r == 0 && options->kernel_disk[0] == '\0')
		r = error_set(error, -EINVAL, "keelson.install.disk= names no disk");
	if (r == 0)
		r = disk_wanted_parse(options->kernel_disk, &options->disk, error);
	if (r == 0)
		r = take_key(cmdline, "keelson.install.ignition", options->kernel_ignition,
			     sizeof(options->kernel_ignition), error);
	if (r == 0 && options->kernel_ignition[0] != '\0')
		options->ignition = options->kernel_ignition;
	options->wipe = cmdline_value(cmdline, "keelson.install.wipe", wipe, sizeof(wipe)) == 0 &&
			strcmp(wipe, "0") != 0;
	options->yes = true;
	return r;
}

int options_add_kernel(struct options *options, struct error *error)
{
	AUTO_FREE char *cmdline = NULL;
	int r = file_read(options->cmdline, CMDLINE_WORD_BYTES, &cmdline, error);

	if (r == 0 && options->unattended)
		r = take_all(cmdline, options, error);
	if (r == 0 && !options->image) {
		r = take_image(cmdline, options->kernel_image, error);
		options->image = options->kernel_image[0] ? options->kernel_image : NULL;
	}
	return r;
}
