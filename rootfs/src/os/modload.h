// SPDX-License-Identifier: Apache-2.0
/* Loads the drivers of the devices that are there: what udev's coldplug does, for an initramfs
 * without udev. */
#pragma once
#include <stddef.h>

struct modload;

/* Reads /lib/modules/RELEASE/modules.{alias,dep}; without them there is nothing to load. NULL when
 * out of memory. */
struct modload *modload_open(void);
void modload_free(struct modload *modload);

/* Loads what the devices known now want and was not tried before. Returns how many modules were
 * loaded. A module that fails is logged, one whose file is not in the initramfs is left to udev. */
size_t modload_coldplug(struct modload *modload);

/* For those who need all of a machine's devices: loads drivers until no device asks for another
 * one, some seconds at most. Devices may still appear after. */
void modload_all(void);
