// SPDX-License-Identifier: Apache-2.0
/* Block devices by the names that people give them, found without udev; and what they hold. */
#pragma once
#include "lib/devlink.h"
#include "lib/error.h"
#include "lib/partitions.h"
#include "lib/signature.h"

/* The kernel's name (vda6) of the device that path names: a node, a link in /dev to one, or a name
 * that udev would make in /dev/disk, /dev/md or /dev/mapper. -ENOENT: there is none now;
 * -ENOTUNIQ: several have the name; -EINVAL, -EOPNOTSUPP: no such name can be. */
int devices_find(const char *path, char ret[DEVICE_NAME_BYTES], struct error *error);

/* The disk that the running root is on, through device-mapper and partitions; -ENOENT for a root
 * that is on none. */
int devices_root_disk(char ret[DEVICE_NAME_BYTES], struct error *error);

/* What sysfs says about a device. Returns 0 or -ENAMETOOLONG. */
int devices_describe(const char *device, struct devlink_disk *ret);

/* What a device holds, by blkid. type: look for that alone, which settles what is ambivalent, or
 * NULL. All empty: nothing known. -ENOTUNIQ: signatures of several kinds. Reads only. */
int devices_probe(const char *device, const char *type, struct signature *ret, struct error *error);
