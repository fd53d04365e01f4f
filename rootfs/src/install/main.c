// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-install: puts a system on a disk. This file parses arguments, calls and reports; the
 * order of what is written is install.c's. Must never write to a disk that was not named.
 */
#include "fetch/fetch.h"
#include "install/disks.h"
#include "install/install.h"
#include "install/options.h"
#include "lib/url.h"
#include "os/devices.h"
#include "ready/consoles.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAILED_AGAIN_S 60

static const char usage[] =
	"usage: keelson-install --disk DISK --image IMAGE [--ignition CONFIG] [--wipe] [--yes]\n"
	"       keelson-install --disk-match REGEX …\n"
	"       keelson-install [--list] [--json]\n"
	"       keelson-install --unattended\n"
	"Writes a disk image to a disk of this machine, which then starts from that disk and, on its\n"
	"first boot, becomes what CONFIG says. All that was on the disk is lost.\n"
	"  DISK      /dev/PATH (also /dev/disk/by-id/…), or serial=TEXT, its whole serial number\n"
	"  REGEX     an extended regular expression that has a match in the line of one disk, as\n"
	"            --list prints it: NAME MODEL SERIAL WWN PATH, \"_\" for blanks, \"-\" for nothing\n"
	"  IMAGE     disk.img.zst, as URL (http:, https:, tftp:) or file; IMAGE.sig beside it is its\n"
	"            signature. Default: beside the folder that this machine was started from\n"
	"            (keelson.pxe= on the kernel's command line)\n"
	"  CONFIG    an Ignition config, as URL or file; checked by all its rules before anything is\n"
	"            written. It goes to a partition of its own, `ignition`, and is read once\n"
	"  --wipe    the disk may have contents; else it has to have zeros in its first and last MiB\n"
	"  --yes     does not ask. Without it the disk's name has to be typed\n"
	"  --list    the disks that there are; what happens if no disk is named. --json: as an array\n"
	"            of {name, model, serial, wwn, path, size_bytes, sector_bytes, contents, in_use}\n"
	"  --certificate FILE   whose signature is good (/usr/lib/keelson/boot.crt)\n"
	"  --unattended         goes by the kernel's command line: keelson.install.disk= (DISK, or\n"
	"            match=REGEX), keelson.install.image=, keelson.install.ignition=,\n"
	"            keelson.install.wipe. Asks nothing; if it fails it stays, and repeats the reason\n"
	"            on the consoles every minute. --cmdline FILE: read it there, for tests\n"
	"No disk is ever picked by guess: several that fit are an error. Refused is a disk that is in\n"
	"use, is smaller than the image or has sectors of 4096 bytes. How far it is is printed every\n"
	"5 seconds, in MB of the packed image (millions of bytes). The partition table is written last,\n"
	"after the signature was found good and all was read back: whatever stops it before, power cuts\n"
	"too, leaves a disk that does not start, and running it again begins anew.\n"
	"Exit codes: 0 done, 1 failed, 2 usage, 3 no disk was named, or none is like that.\n";

static int make_list(struct disklist **ret, struct error *error)
{
	struct disklist *list = malloc(sizeof(*list));
	int r = list ? disks_list(list, error) : error_set(error, -ENOMEM, "out of memory");

	if (r < 0)
		free(list);
	else
		*ret = list;
	return r;
}

static int print_list(const struct options *options, struct error *error)
{
	struct disklist *list;
	int r = make_list(&list, error);

	if (r < 0)
		return r;
	if (options->json)
		disks_print_json(list);
	else
		disks_print(list);
	free(list);
	return 0;
}

/* Who named none, or several, is shown what there is. */
static int choose(const struct disk_wanted *wanted, char ret[DEVICE_NAME_BYTES],
		  struct error *error)
{
	const struct disk *disk = NULL;
	struct disklist *list;
	int r = make_list(&list, error);

	if (r < 0)
		return r;
	if (wanted->key == DISK_PATH)
		r = devices_find(wanted->value, ret, error);
	else
		r = disklist_choose(list, wanted, &disk, error);
	if (disk)
		snprintf(ret, DEVICE_NAME_BYTES, "%s", disk->id.name);
	if (r == -ENOENT || r == -ENOTUNIQ)
		disks_print(list);
	free(list);
	return r;
}

static int confirm(const struct install *install, const struct options *options,
		   struct error *error)
{
	char answer[64] = "";

	if (options->yes)
		return 0;
	printf("%s, %.1f GB%s: all that is on it will be lost. Type %s to go on: ",
	       install->target.name, (double)install->target.bytes / 1e9,
	       install->target.holds ? ", with contents" : ", empty", install->target.name);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin))
		answer[strcspn(answer, "\n")] = '\0';
	return strcmp(answer, install->target.name) == 0
		       ? 0
		       : error_set(error, -ECANCELED, "not confirmed; nothing was written");
}

static void print_line(void *context, const char *line)
{
	(void)context;
	puts(line);
	fflush(stdout);
}

static int install_on(const char *disk, const struct options *options, struct error *error)
{
	const struct install_wishes wishes = { disk, options->image, options->ignition,
					       options->certificate, options->wipe };
	struct install install = { .target.fd = -1 };
	struct fetcher *fetcher = NULL;
	char shown[URL_SHOWN_BYTES];
	int r = fetcher_new(&fetcher, error);

	if (r == 0) {
		fetcher_log_to(fetcher, print_line, NULL);
		r = install_prepare(&wishes, fetcher, &install, error);
	}
	if (r == 0)
		r = confirm(&install, options, error);
	if (r == 0) {
		url_shown(options->image, strlen(options->image), shown);
		printf("writing %s to %s\n", shown, disk);
		r = install_run(&install, error);
	}
	if (r == 0)
		printf("%s: installed%s\n", disk,
		       options->ignition ? "" : ", without a config for its first boot");
	install_end(&install);
	fetcher_free(fetcher);
	return r;
}

static int install(struct options *options, struct error *error)
{
	char disk[DEVICE_NAME_BYTES];
	int r = options_add_kernel(options, error);

	if (r == 0 && options->disk.key == DISK_UNSAID) {
		r = print_list(options, error);
		return r < 0 ? r
			     : error_set(error, -ENOENT,
					 "name a disk by --disk or --disk-match; see --help");
	}
	if (r == 0 && !options->image)
		return error_set(error, -EINVAL, "no --image, and no keelson.pxe= to find it by");
	if (r == 0 && strcmp(options->image, "self") == 0)
		return error_set(error, -EOPNOTSUPP,
				 "a running system is not copied; remedy: --image with the path or "
				 "URL of its release's disk.img.zst");
	if (r == 0)
		r = choose(&options->disk, disk, error);
	if (r < 0)
		return r;
	r = install_on(disk, options, error);
	return r == -ENOENT ? -EIO : r; /* a disk there was */
}

/* Nobody is at the machine: whoever comes sees why, and a power cycle begins anew. */
static void repeat_forever(const char *reason)
{
	char line[600];

	snprintf(line, sizeof(line), "\r\nkeelson-install: %s\r\n", reason);
	for (;;) {
		consoles_write(line);
		sleep(FAILED_AGAIN_S);
	}
}

static int run(struct options *options)
{
	struct error error = { 0 };
	int r = options->list ? print_list(options, &error) : install(options, &error);

	if (r == 0)
		return fflush(stdout) != 0 || ferror(stdout);
	fflush(stdout);
	fprintf(stderr, "keelson-install: %s\n", error.text);
	if (options->unattended)
		repeat_forever(error.text);
	return r == -ENOENT ? 3 : 1;
}

int main(int argc, char *argv[])
{
	static struct options options;
	struct error error = { 0 };

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (options_parse(argv + 1, &options, &error) < 0) {
		fprintf(stderr, "keelson-install: %s\n%s", error.text, usage);
		return 2;
	}
	return run(&options);
}
