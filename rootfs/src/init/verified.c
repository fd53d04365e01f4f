// SPDX-License-Identifier: Apache-2.0
/* The root behind dm-verity; see init.h. Must never mount anything that the root hash of the
 * command line does not vouch for, and never write. */
#include "init/init.h"
#include "lib/text.h"
#include "lib/verity.h"
#include "os/blockdev.h"
#include "os/dm.h"
#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int read_verity(const struct slot_partitions *slot,
		       const uint8_t root_hash[VERITY_HASH_BYTES], struct verity *ret,
		       struct error *error)
{
	uint8_t superblock[VERITY_SUPERBLOCK_BYTES], top_block[VERITY_BLOCK_BYTES];
	int r = blockdev_read(slot->verity.device, 0, superblock, sizeof(superblock), error);

	if (r == 0)
		r = verity_decode(superblock, ret, error);
	if (r == 0)
		r = verity_check_sizes(ret, slot->root.size_sectors * 512,
				       slot->verity.size_sectors * 512, error);
	if (r == 0)
		r = blockdev_read(slot->verity.device, VERITY_BLOCK_BYTES, top_block,
				  sizeof(top_block), error);
	if (r == 0)
		r = verity_check_root(ret, root_hash, top_block, error);
	return r < 0 ? error_wrap(error, "%s (%s)", slot->verity.label, slot->verity.device) : 0;
}

/* The name and the uuid are those that systemd-veritysetup gives a root, so that systemd's tools
 * know it as one. */
static int map_root(const struct slot_partitions *slot, const uint8_t root_hash[VERITY_HASH_BYTES],
		    const struct verity *verity, unsigned *ret_minor, struct error *error)
{
	char data[16], hash[16], table[VERITY_TABLE_BYTES], id[33], uuid[64];

	snprintf(data, sizeof(data), "%u:%u", slot->root.major, slot->root.minor);
	snprintf(hash, sizeof(hash), "%u:%u", slot->verity.major, slot->verity.minor);
	verity_table(verity, root_hash, data, hash, table);
	bytes_to_text(verity->uuid, sizeof(verity->uuid), id);
	snprintf(uuid, sizeof(uuid), "CRYPT-VERITY-%s-root", id);
	return dm_create("root", uuid, verity->data_blocks * (VERITY_BLOCK_BYTES / 512), "verity",
			 table, ret_minor, error);
}

int root_verify(const struct slot_partitions *slot, const uint8_t root_hash[VERITY_HASH_BYTES],
		struct error *error)
{
	struct verity verity;
	char device[32];
	unsigned minor;
	int r = read_verity(slot, root_hash, &verity, error);

	if (r == 0)
		r = map_root(slot, root_hash, &verity, &minor, error);
	if (r < 0)
		return r;
	snprintf(device, sizeof(device), "/dev/dm-%u", minor);
	if (mkdir("/sysroot", 0755) < 0 && errno != EEXIST)
		return error_errno(error, "make folder /sysroot");
	if (mount(device, "/sysroot", "squashfs", MS_RDONLY | MS_NODEV, NULL) < 0)
		return error_errno(error, "mount %s (verified %s) on /sysroot", device,
				   slot->root.device);
	return 0;
}
