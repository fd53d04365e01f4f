// SPDX-License-Identifier: Apache-2.0
/* See fsplan.h. Must never decide to overwrite what the config does not say may go. */
#include "lib/fsplan.h"
#include "lib/text.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A format, and the letters by which its mkfs takes a label and an UUID. */
static const struct format {
	const char *name, *tool, *force, *label, *uuid, *uuid_prefix;
} formats[] = {
	{ "ext4", "mkfs.ext4", "-F", "-L", "-U", "" },
	{ "xfs", "mkfs.xfs", "-f", "-L", "-m", "uuid=" },
	/* -I: also on a device that is no partition. */
	{ "vfat", "mkfs.vfat", "-I", "-n", "-i", "" },
	{ "swap", "mkswap", "-f", "-L", "-U", "" },
};

static bool is(const struct ign_text *text, const char *word)
{
	return text->at && text->length == strlen(word) &&
	       memcmp(text->at, word, text->length) == 0;
}

static const struct format *format_of(const struct ign_filesystem *wanted)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (is(&wanted->format, formats[i].name))
			return &formats[i];
	return NULL;
}

int fsplan_check(const struct ign_filesystem *wanted, struct error *error)
{
	if (wanted->format.length == 0 || is(&wanted->format, "none") ||
	    is(&wanted->format, "virtiofs") || format_of(wanted))
		return 0;
	return error_set(error, -EOPNOTSUPP,
			 "format %s: this system's kernel has no driver for it; ext4, xfs, vfat "
			 "and swap are there",
			 wanted->format.at);
}

/* FAT has a number of 8 digits, which is written A1B2-C3D4 but given to mkfs without the dash. */
static void canonical_uuid(const char *text, char ret[FSPLAN_UUID_BYTES])
{
	bool fat = strlen(text) == 9 && text[4] == '-';
	size_t used = 0;

	for (size_t i = 0; text[i] != '\0' && used < FSPLAN_UUID_BYTES - 1; i++)
		if (!(fat && i == 4))
			ret[used++] = (char)tolower((unsigned char)text[i]);
	ret[used] = '\0';
}

static bool same_uuid(const struct ign_text *wanted, const char *found)
{
	char left[FSPLAN_UUID_BYTES], right[FSPLAN_UUID_BYTES];

	if (!wanted->at)
		return true;
	canonical_uuid(wanted->at, left);
	canonical_uuid(found, right);
	return strcmp(left, right) == 0;
}

int fsplan_decide(const struct ign_filesystem *wanted, const struct signature *found,
		  enum fsplan_action *ret, struct error *error)
{
	const bool none = is(&wanted->format, "none");

	if (wanted->format.length == 0 || is(&wanted->format, "virtiofs")) {
		*ret = FSPLAN_KEEP;
	} else if (wanted->wipe == IGN_TRUE) {
		*ret = none ? FSPLAN_ERASE : FSPLAN_ERASE_AND_MAKE;
	} else if (found->type[0] == '\0') {
		*ret = none ? FSPLAN_KEEP : FSPLAN_MAKE;
	} else if (is(&wanted->format, found->type) &&
		   (!wanted->label.at || is(&wanted->label, found->label)) &&
		   same_uuid(&wanted->uuid, found->uuid)) {
		*ret = FSPLAN_KEEP;
	} else {
		return error_set(error, -EEXIST,
				 "it holds %s with label \"%s\" and UUID %s, which is not what is "
				 "wanted, and wipeFilesystem is not set",
				 found->type, found->label, found->uuid);
	}
	return 0;
}

const char *fsplan_tool(const struct ign_filesystem *wanted)
{
	const struct format *format = format_of(wanted);

	return format ? format->tool : NULL;
}

void fsplan_arguments(const struct ign_filesystem *wanted, const char *device,
		      char uuid[FSPLAN_UUID_BYTES], struct argv *ret)
{
	const struct format *format = format_of(wanted);

	for (size_t i = 0; i < wanted->options.count; i++)
		argv_add(ret, wanted->options.at[i].at);
	argv_add(ret, format->force);
	if (wanted->uuid.at) {
		size_t prefix = strlen(format->uuid_prefix);
		char canonical[FSPLAN_UUID_BYTES];

		canonical_uuid(wanted->uuid.at, canonical);
		snprintf(uuid, FSPLAN_UUID_BYTES, "%s%.*s", format->uuid_prefix,
			 (int)(FSPLAN_UUID_BYTES - 1 - prefix), canonical);
		argv_add_option(ret, format->uuid, uuid);
	}
	argv_add_option(ret, format->label, wanted->label.at);
	argv_add(ret, device);
}

bool fsplan_mounted(const struct ign_filesystem *wanted)
{
	return wanted->path.length > 0 && wanted->format.length > 0 &&
	       !is(&wanted->format, "none") && !is(&wanted->format, "swap");
}

/* Of the names in a path: "/" has none. */
static unsigned depth(const char *path)
{
	unsigned count = 0;

	for (; *path; path++)
		count += *path != '/' && (path[1] == '/' || path[1] == '\0');
	return count;
}

size_t fsplan_mounts(const struct ign_storage *storage, const struct ign_filesystem **ret)
{
	size_t count = 0;

	for (size_t i = 0; i < storage->filesystems.count; i++) {
		const struct ign_filesystem *one = &storage->filesystems.at[i];
		size_t at = count;

		if (!fsplan_mounted(one))
			continue;
		for (; at > 0 && depth(ret[at - 1]->path.at) > depth(one->path.at); at--)
			ret[at] = ret[at - 1];
		ret[at] = one;
		count++;
	}
	return count;
}
