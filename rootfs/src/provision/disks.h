// SPDX-License-Identifier: Apache-2.0
/* The parts of the disks stage, each of one thing that a config names. */
#pragma once
#include "fetch/fetch.h"
#include "lib/argv.h"
#include "lib/error.h"
#include "lib/gpt.h"
#include "lib/ignition/config.h"
#include "lib/partplan.h"
#include "os/devices.h"
#include "os/spawn.h"

#define DEVICE_PATH_BYTES (DEVICE_NAME_BYTES + 8)

/* A device that exists: as the config calls it, and as the kernel does. */
struct disks_device {
	char name[DEVICE_NAME_BYTES];
	char path[DEVICE_PATH_BYTES]; /* /dev/NAME */
};

/* Waits up to a minute for a device to appear: disks are found while the system is starting. */
int disks_wait(const struct ign_text *device, struct disks_device *ret, struct error *error);

/* The same without waiting. */
int disks_find(const struct ign_text *device, struct disks_device *ret, struct error *error);

/* Runs a program by its name with the arguments behind argv[0]; its output is logged. */
int disks_run(const char *program, struct argv *argv, struct error *error);

/* Makes zeros of the first and the last bytes, durably. -EBUSY: somebody uses it. What is between
 * stays. A crash leaves part of it undone. */
int disks_erase(const struct disks_device *device, uint64_t head_bytes, uint64_t tail_bytes,
		struct error *error);

/* What the disk's table would become; ret_sector_bytes with it. Writes nothing. */
int disks_plan(const struct ign_disk *wanted, const struct disks_device *device,
	       struct partplan *ret, uint32_t *ret_sector_bytes, struct error *error);

int disks_partition(const struct ign_disk *wanted, struct error *error);
int disks_make_raid(const struct ign_raid *wanted, struct error *error);
int disks_make_filesystem(const struct ign_filesystem *wanted, struct error *error);

/* Formats the volume unless it is used again, and opens it. The key is kept in a folder of the
 * machine's memory for disks_store_luks. */
int disks_make_luks(const struct ign_luks *wanted, struct fetcher *fetcher, struct error *error);

/* What the system needs to open it at the next start, below root: /etc/luks/NAME (0400) and a line
 * in /etc/crypttab (0600), each whole or not at all. */
int disks_store_luks(const struct ign_luks *wanted, const char *root, struct error *error);

/* Takes the mark off that lets a cut run be done again. */
int disks_finish_luks(const struct ign_luks *wanted, struct error *error);
