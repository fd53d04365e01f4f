// SPDX-License-Identifier: Apache-2.0
/* A file system on a device, by the decision of lib/fsplan. Must never write to a device that is in
 * use, nor to one that holds something else without leave to wipe. */
#include "lib/fsplan.h"
#include "provision/disks.h"
#include <errno.h>
#include <string.h>

/* Covers every place where blkid looks: LUKS2 has a second header at up to 4 MiB, ZFS labels and
 * RAID superblocks lie at the end. */
#define HEAD_BYTES (UINT64_C(8) << 20)
#define TAIL_BYTES (UINT64_C(1) << 20)

/* A device with signatures of several kinds counts as what is wanted, if that is among them. */
static int decide(const struct ign_filesystem *wanted, const struct disks_device *device,
		  enum fsplan_action *ret, struct error *error)
{
	struct signature found = { 0 };
	bool ambivalent = false;
	int r = 0;

	if (wanted->wipe != IGN_TRUE) {
		r = devices_probe(device->name, NULL, &found, error);
		ambivalent = r == -ENOTUNIQ;
		if (ambivalent)
			r = devices_probe(device->name, wanted->format.at, &found, error);
	}
	if (r == 0)
		r = fsplan_decide(wanted, &found, ret, error);
	if (r == 0 && ambivalent && (*ret != FSPLAN_KEEP || found.type[0] == '\0'))
		r = error_set(error, -EEXIST,
			      "it holds signatures of several file systems, and wipeFilesystem is "
			      "not set");
	return r;
}

static int make(const struct ign_filesystem *wanted, const struct disks_device *device,
		struct error *error)
{
	struct argv argv = { .count = 1 };
	char uuid[FSPLAN_UUID_BYTES];
	struct signature found = { 0 };
	int r;

	fsplan_arguments(wanted, device->path, uuid, &argv);
	r = disks_run(fsplan_tool(wanted), &argv, error);
	if (r == 0)
		r = devices_probe(device->name, NULL, &found, error);
	if (r == 0 && strcmp(found.type, wanted->format.at) != 0)
		r = error_set(error, -EIO, "%s made something that is not seen as %s",
			      fsplan_tool(wanted), wanted->format.at);
	return r;
}

/*
 * Order: what is to be wiped goes first, then the new one is made. A crash leaves the old one,
 * nothing or the new one: the next run makes the same of each. (One that mkfs had only begun has no
 * superblock yet or, in xfs, one that says so.)
 */
int disks_make_filesystem(const struct ign_filesystem *wanted, struct error *error)
{
	struct disks_device device;
	enum fsplan_action action;
	int r;

	if (wanted->format.length == 0 || strcmp(wanted->format.at, "virtiofs") == 0)
		return 0;
	r = disks_wait(&wanted->device, &device, error);
	if (r == 0)
		r = decide(wanted, &device, &action, error);
	if (r < 0 || action == FSPLAN_KEEP)
		return r;
	/* With no bytes to erase this still says if somebody uses it. */
	if (action == FSPLAN_MAKE)
		r = disks_erase(&device, 0, 0, error);
	else
		r = disks_erase(&device, HEAD_BYTES, TAIL_BYTES, error);
	if (r == 0 && action != FSPLAN_ERASE)
		r = make(wanted, &device, error);
	return r;
}
