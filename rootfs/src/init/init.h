// SPDX-License-Identifier: Apache-2.0
/* The stages of keelson-init, in the order in which main.c calls them. */
#pragma once
#include "lib/cmdline.h"
#include "lib/error.h"
#include "lib/partitions.h"

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

/* mounts.c: /var in memory, lost at power-off: to look at a system whose state can't be mounted. */
int var_mount_tmpfs(struct error *error);

/* mounts.c: /etc of the image with the changes kept in /var/lib/keelson/etc over it. */
int etc_mount(struct error *error);
