// SPDX-License-Identifier: Apache-2.0
/* Decisions about an Ignition config's file systems (spec 3.x, storage.filesystems): what is done
 * to a device that holds something, how a file system is made, what is mounted first. */
#pragma once
#include "lib/argv.h"
#include "lib/error.h"
#include "lib/ignition/config.h"
#include "lib/signature.h"
#include <stdbool.h>

#define FSPLAN_UUID_BYTES 48

enum fsplan_action {
	FSPLAN_KEEP,  /* it holds what is wanted, or nothing is wanted */
	FSPLAN_ERASE, /* its signatures go, and nothing comes */
	FSPLAN_MAKE,
	FSPLAN_ERASE_AND_MAKE,
};

/* Can this system make and mount it? -EOPNOTSUPP with the reason. */
int fsplan_check(const struct ign_filesystem *wanted, struct error *error);

/* -EEXIST: the device holds something else, and wipeFilesystem is not set. */
int fsplan_decide(const struct ign_filesystem *wanted, const struct signature *found,
		  enum fsplan_action *ret, struct error *error);

/* The name of the program that makes it (mkfs.ext4), NULL for a format that is not made. */
const char *fsplan_tool(const struct ign_filesystem *wanted);

/* The program's arguments behind argv[0]; uuid holds one of them. */
void fsplan_arguments(const struct ign_filesystem *wanted, const char *device,
		      char uuid[FSPLAN_UUID_BYTES], struct argv *ret);

bool fsplan_mounted(const struct ign_filesystem *wanted);

/* Those to be mounted into ret, which has room for all: parents before what lies in them. Returns
 * their number. */
size_t fsplan_mounts(const struct ign_storage *storage, const struct ign_filesystem **ret);
