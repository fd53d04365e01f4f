// SPDX-License-Identifier: Apache-2.0
/* Finding the slot's partitions on the machine's disks; see init.h. Must never write. */
#include "init/init.h"
#include "os/blockdev.h"
#include "os/modload.h"
#include "os/uevents.h"
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RESCAN_MS 250

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The kernel name of the only disk allowed, "" for any. -ENOENT: the disk that was asked for is not
 * there yet. */
static int wanted_disk(const struct boot_options *options, const struct partition_table *table,
		       char ret[DEVICE_NAME_BYTES], struct error *error)
{
	memcpy(ret, options->disk, DEVICE_NAME_BYTES);
	if (options->disk[0] != '\0' || options->boot_partuuid[0] == '\0')
		return 0;
	for (size_t i = 0; i < table->count; i++) {
		const char *disk = table->rows[i].disk;

		if ((i > 0 && strcmp(disk, table->rows[i - 1].disk) == 0) ||
		    !blockdev_has_partuuid(disk, options->boot_partuuid))
			continue;
		if (ret[0] != '\0' && strcmp(ret, disk) != 0)
			return error_set(
				error, -ENOTUNIQ,
				"disks %s and %s both have partition %s; remedy: detach one, or keelson.disk=NAME",
				ret, disk, options->boot_partuuid);
		memcpy(ret, disk, DEVICE_NAME_BYTES);
	}
	if (ret[0] == '\0')
		return error_set(error, -ENOENT, "no disk with partition %s",
				 options->boot_partuuid);
	return 0;
}

static int look(const struct boot_options *options, struct slot_partitions *ret,
		struct error *error)
{
	struct partition_table table;
	char disk[DEVICE_NAME_BYTES];
	int r = blockdev_partitions(&table, error);

	if (r == 0)
		r = wanted_disk(options, &table, disk, error);
	if (r == 0)
		r = partitions_choose(&table, options->slot, disk, ret, error);
	return r;
}

/* Drivers are loaded only when a look without them has failed: on machines whose disk driver is
 * built in, most virtual ones, nothing is loaded and nobody waits. Buses and disks appear in their
 * own time, so everything is tried again whenever a device came. */
static int find(const struct boot_options *options, struct slot_partitions *ret,
		struct error *error)
{
	uint64_t end_ms = now_ms() + (uint64_t)options->timeout_s * 1000;
	int events = uevents_open();
	int r = look(options, ret, error);
	struct modload *modload = r == -ENOENT ? modload_open() : NULL;

	while (r == -ENOENT && now_ms() < end_ms) {
		if (modload_coldplug(modload) == 0)
			uevents_wait(events, RESCAN_MS);
		r = look(options, ret, error);
	}
	modload_free(modload);
	if (events >= 0)
		close(events);
	return r == -ENOENT ? error_wrap(error, "waited %u s for disks", options->timeout_s) : r;
}

int root_mount(const struct boot_options *options, char ret_disk[DEVICE_NAME_BYTES],
	       struct error *error)
{
	struct slot_partitions slot;
	int r = find(options, &slot, error);

	if (r == 0)
		r = root_verify(&slot, options->root_hash, error);
	if (r == 0)
		memcpy(ret_disk, slot.root.disk, DEVICE_NAME_BYTES);
	return r;
}
