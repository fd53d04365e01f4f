// SPDX-License-Identifier: Apache-2.0
/*
 * The names that udev makes for block devices in /dev/disk, /dev/md and /dev/mapper, understood
 * without udev, which is not running yet when disks are set up (systemd, rules.d/60-persistent-
 * storage.rules): a name is taken apart, and compared with what is known about a device.
 */
#pragma once
#include "lib/error.h"
#include <stdbool.h>

#define DEVLINK_VALUE_BYTES 256

enum devlink_kind {
	DEVLINK_NODE, /* no such name: a node in /dev, or a link that somebody made */
	DEVLINK_PARTLABEL,
	DEVLINK_PARTUUID,
	DEVLINK_LABEL,
	DEVLINK_UUID,
	DEVLINK_ID,
	DEVLINK_BOOT_DISK, /* the disk with the running root */
	DEVLINK_MAPPER,
	DEVLINK_RAID,
};

struct devlink {
	enum devlink_kind kind;
	char value[DEVLINK_VALUE_BYTES]; /* \xHH undone */
	unsigned partition; /* DEVLINK_ID, DEVLINK_BOOT_DISK: -partN of it; 0: the disk */
};

/* What sysfs says about a disk; "" where it says nothing. */
struct devlink_disk {
	char name[32]; /* vda, nvme0n1, sda, dm-0 */
	char serial[128];
	char model[128];
	char wwid[256];
	char mapper[128]; /* dm/name */
};

/* -EINVAL: no path below /dev. -EOPNOTSUPP: /dev/disk/by-path and other kinds that are not known.
 * -ENAMETOOLONG. */
int devlink_parse(const char *path, struct devlink *ret, struct error *error);

/* Is it the disk with this name in /dev/disk/by-id? */
bool devlink_is_id(const struct devlink *link, const struct devlink_disk *disk);
