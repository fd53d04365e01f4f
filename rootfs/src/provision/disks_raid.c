// SPDX-License-Identifier: Apache-2.0
/* An array of devices. Must never make one of devices that are in use. */
#include "lib/raidplan.h"
#include "lib/text.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "provision/disks.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct members {
	struct disks_device devices[RAIDPLAN_DEVICES_MAX];
	const char *paths[RAIDPLAN_DEVICES_MAX];
	struct raid_member found[RAIDPLAN_DEVICES_MAX];
};

/* mdadm ends with 1 for a device that is no member. */
static int examine(const struct disks_device *device, struct raid_member *ret, struct error *error)
{
	char program[SPAWN_PATH_BYTES];
	const char *const argv[] = { program, "--examine", "--export", device->path, NULL };
	struct spawn_io io = { 0 };
	int r = spawn_find("mdadm", program, error);

	if (r == 0)
		r = spawn_io(argv, 1, &io, error);
	if (r < 0)
		return r;
	if (r != 0 || !raid_member_parse(io.output, ret))
		*ret = (struct raid_member){ 0 };
	free(io.output);
	return 0;
}

/* The device that all members are part of, "" if there is none. */
struct common {
	char holder[DEVICE_NAME_BYTES];
	size_t count;
	bool differs;
};

static bool add_holder(const char *device, void *context)
{
	struct common *common = context;

	if (common->count > 0 && strcmp(common->holder, device) != 0)
		common->differs = true;
	if (text_copy(common->holder, sizeof(common->holder), device, strlen(device)) < 0)
		common->differs = true;
	common->count++;
	return true;
}

/* An array of these members that is running already: by an earlier run, or the kernel. */
static bool is_running(const struct ign_raid *wanted, const struct members *members)
{
	struct common common = { 0 };

	for (size_t i = 0; i < wanted->devices.count; i++)
		blockdev_each_link(members->devices[i].name, "holders", add_holder, &common);
	return !common.differs && common.count == wanted->devices.count &&
	       text_starts(common.holder, "md");
}

static int find_members(const struct ign_raid *wanted, struct members *members, struct error *error)
{
	int r = 0;

	for (size_t i = 0; i < wanted->devices.count && r == 0; i++) {
		r = disks_wait(&wanted->devices.at[i], &members->devices[i], error);
		members->paths[i] = members->devices[i].path;
		if (r == 0)
			r = examine(&members->devices[i], &members->found[i], error);
	}
	return r;
}

/*
 * mdadm writes a superblock to each device, one after the other. A crash leaves some with the new
 * one and some without: they are not all of one array, and the next run makes it anew. An array
 * with all of them is assembled, since another --create would begin another synchronisation.
 */
static int create_or_assemble(const struct ign_raid *wanted, unsigned active,
			      const struct members *members, struct error *error)
{
	struct raidplan_numbers numbers;
	struct argv argv = { .count = 1 };
	int r = 0;

	if (raidplan_is_array(wanted, active, members->found)) {
		if (is_running(wanted, members))
			return 0;
		raidplan_assemble(wanted, members->paths, &argv);
		return disks_run("mdadm", &argv, error);
	}
	for (size_t i = 0; i < wanted->devices.count && r == 0; i++)
		r = blockdev_check_unused(members->devices[i].name, error);
	if (r < 0)
		return r;
	raidplan_create(wanted, active, members->paths, &numbers, &argv);
	return disks_run("mdadm", &argv, error);
}

int disks_make_raid(const struct ign_raid *wanted, struct error *error)
{
	struct members *members = NULL;
	unsigned active;
	int r = raidplan_active(wanted, &active, error);

	if (r < 0)
		return r;
	members = calloc(1, sizeof(*members));
	if (!members)
		return error_set(error, -ENOMEM, "out of memory");
	r = find_members(wanted, members, error);
	if (r == 0)
		r = create_or_assemble(wanted, active, members, error);
	free(members);
	return r;
}
