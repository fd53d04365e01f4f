// SPDX-License-Identifier: Apache-2.0
/* The stages of keelson-init, in the order in which main.c calls them. */
#pragma once
#include "lib/cmdline.h"
#include "lib/error.h"
#include "lib/partitions.h"
#include "lib/verity.h"
#include <stdbool.h>

/* mounts.c: the kernel's file systems on /proc, /sys, /dev and /run; standard input and outputs on
 * the console. */
int mount_kernel_filesystems(struct error *error);

/* verified.c: mounts the squashfs of the first partition, verified by the tree of the second, on
 * /sysroot. Writes nothing. */
int root_verify(const struct slot_partitions *slot, const uint8_t root_hash[VERITY_HASH_BYTES],
		struct error *error);

/* netroot.c: the same with the file of a network boot, which root_enter may remove. */
int root_mount_file(const struct boot_options *options, struct error *error);

/* root.c: waits for the slot's partitions, loading drivers as needed, and mounts its verified root
 * on /sysroot. ret_disk: kernel name of the disk it was found on. Writes nothing. */
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

/* var.c: the disk with a state partition, for a machine that did not start from a disk; "" if there
 * is none, or several and keelson.disk= does not say which. Loads the root's drivers and waits for
 * devices to come. */
void var_find_disk(const struct boot_options *options, char ret_disk[DEVICE_NAME_BYTES]);

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
