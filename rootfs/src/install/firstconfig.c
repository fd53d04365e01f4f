// SPDX-License-Identifier: Apache-2.0
/* See firstconfig.h. Must never leave the config, which may hold secrets, where it was made. */
#include "install/firstconfig.h"
#include "install/source.h"
#include "lib/ignition/ignition.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/spawn.h"
#include "provision/report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1 << 20)
#define PLACE_BYTES 64

static int validate(const char *place, const char *text, size_t size, struct error *error)
{
	struct ign_parsed parsed = { 0 };
	int r = ign_parse(text, size, true, &parsed);

	if (r == 0 || r == -EBADMSG)
		report_print(stderr, source_is_url(place) ? "config" : place, &parsed.report);
	ign_free(&parsed);
	if (r < 0)
		return error_set(error, r,
				 r == -EBADMSG ? "the config is not valid" : "out of memory");
	return 0;
}

static int write_file(const char *path, const char *bytes, size_t size, size_t whole_bytes,
		      struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)whole_bytes) < 0)
		return error_errno(error, "make %s", path);
	return file_write_at(fd, 0, bytes, size, error);
}

/* One file in it and no journal: a MiB is enough for what is around the config. Blocks are small,
 * so that the file system may be. */
static int make_filesystem(const char *tree, const char *path, struct error *error)
{
	char program[SPAWN_PATH_BYTES];
	const char *const argv[] = { program,
				     "-q",
				     "-F",
				     "-L",
				     "ignition",
				     "-m",
				     "0",
				     "-N",
				     "16",
				     "-b",
				     "1024",
				     "-O",
				     "^has_journal,^resize_inode",
				     "-E",
				     "root_owner=0:0",
				     "-d",
				     tree,
				     path,
				     NULL };
	int r = spawn_find("mkfs.ext4", program, error);

	return r < 0 ? r : spawn(argv, 0, error);
}

static int make_within(const char *folder, const char *text, size_t size, struct firstconfig *ret,
		       struct error *error)
{
	char tree[PLACE_BYTES], config[PLACE_BYTES], image[PLACE_BYTES];
	size_t whole = (size + 2 * MIB - 1) / MIB * MIB;
	int r;

	snprintf(tree, sizeof(tree), "%s/tree", folder);
	snprintf(config, sizeof(config), "%s/tree/config.ign", folder);
	snprintf(image, sizeof(image), "%s/image", folder);
	if (mkdir(tree, 0700) < 0)
		return error_errno(error, "make %s", tree);
	r = write_file(config, text, size, size, error);
	if (r == 0)
		r = write_file(image, "", 0, whole, error);
	if (r == 0)
		r = make_filesystem(tree, image, error);
	if (r == 0)
		r = file_read_bytes(image, whole, &ret->bytes, &ret->size, error);
	return r;
}

int firstconfig_make(const char *place, struct fetcher *fetcher, struct firstconfig *ret,
		     struct error *error)
{
	char folder[] = "/run/keelson-install.XXXXXX";
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = source_read(place, fetcher, IGN_BYTES_MAX, &text, &size, error);

	if (r == 0)
		r = validate(place, text, size, error);
	if (r < 0)
		return r;
	if (!mkdtemp(folder))
		return error_errno(error, "make %s", folder);
	r = make_within(folder, text, size, ret, error);
	folder_clear(folder, "", NULL);
	rmdir(folder);
	return r < 0 ? error_wrap(error, "file system for the config") : 0;
}

void firstconfig_free(struct firstconfig *config)
{
	free(config->bytes);
	config->bytes = NULL;
}
