// SPDX-License-Identifier: Apache-2.0
/*
 * Which kernel modules a device wants, and in which order they are loaded: the text files of
 * depmod(8), modules.alias and modules.dep, as memory. Soft dependencies and blacklists are not
 * looked at: the initramfs holds drivers of disks only, and udev does the rest later with the whole
 * set.
 */
#pragma once
#include <stddef.h>

#define MODULE_NAME_BYTES 64
#define MODULE_PATH_BYTES 200
#define MODULES_PER_DEVICE_MAX 8
#define MODULE_DEPENDS_MAX 32

struct module_names {
	size_t count;
	char names[MODULES_PER_DEVICE_MAX][MODULE_NAME_BYTES];
};

struct module_paths {
	size_t count;
	char paths[MODULE_DEPENDS_MAX + 1][MODULE_PATH_BYTES];
};

/* Modules whose alias matches the device's modalias; those beyond the limit, and lines too long,
 * are left out. */
void modules_for_device(const char *aliases, const char *modalias, struct module_names *ret);

/* Files to load for a module, relative to the modules' folder, in the order of loading, its own
 * last. Returns 0, -ENOENT (not in the list) or -E2BIG (longer than the limits). */
int modules_load_order(const char *dependencies, const char *name, struct module_paths *ret);
