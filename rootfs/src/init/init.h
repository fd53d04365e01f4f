// SPDX-License-Identifier: Apache-2.0
/* The stages of keelson-init, in the order in which main.c calls them. */
#pragma once
#include "lib/cmdline.h"
#include "lib/error.h"
#include "lib/partitions.h"
#include <stdbool.h>

/* mounts.c: the kernel's file systems on /proc, /sys, /dev and /run; standard input and outputs on
 * the console. */
int mount_kernel_filesystems(struct error *error);

/* root.c: waits for the slot's partitions, loading drivers as needed, and mounts its verified root
 * on /sysroot. ret_disk: kernel name of the disk it was found on. Writes nothing. A slot that lies
 * elsewhere (a network boot) would be another function with this form. */
int root_mount(const struct boot_options *options, char ret_disk[DEVICE_NAME_BYTES],
	       struct error *error);

/* mounts.c: makes /sysroot the root, taking the kernel's file systems along and freeing the
 * initramfs' memory. There is no way back. */
int root_enter(struct error *error);

/* mounts.c: /tmp and the kernel's small file systems, which systemd's units would mount later. */
void mount_early(void);

/* var.c: /var on the disk's state partition, made, checked or grown first if need be, with the
 * verified root's tools. */
int var_mount_disk(const struct boot_options *options, const char *disk, struct error *error);

/* var.c: has the disk a state partition? */
bool var_exists(const char *disk);

/* mounts.c: /var in memory, lost at power-off: to look at a system whose state can't be mounted. */
int var_mount_tmpfs(struct error *error);

/* mounts.c: /etc of the image with the changes kept in /var/lib/keelson/etc over it. */
int etc_mount(struct error *error);

/* mounts.c: a user's own var.mount takes the place of the state partition, which is then found at
 * /run/keelson/state. To be called last. */
int var_yield(struct error *error);

/* provision.c: the stages of a first boot that come before the files. */
int provision_disks(struct error *error);

/* The same before the state partition is made, so that a config can leave less of the disk to it.
 */
int provision_new_disk(struct error *error);

/* provision.c: with /var mounted and nothing written to it yet: is this a first boot, or one that
 * begins anew? */
int provision_begin(bool *ret_wanted, struct error *error);

/* provision.c: the stages after, with /etc mounted; the next boot will not be a first one. */
int provision_files(struct error *error);
