// SPDX-License-Identifier: Apache-2.0
/* See bios.h. Must never touch the disk signature and the partition table in the first sector. */
#include "lib/bios.h"
#include "lib/bytes.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define BIOS_BOOT_TYPE "21686148-6449-6e6f-744e-656564454649"

enum {
	AT_CORE_LBA = 0x5c, /* boot.img: GRUB_BOOT_MACHINE_KERNEL_SECTOR */
	AT_DRIVE_CHECK =
		0x66, /* boot.img: a jump over the workaround for BIOSes that pass a wrong drive */
	AT_DISK_SIGNATURE =
		0x1b8, /* up to the end: disk signature, partition table, boot signature */
	AT_BLOCK_LIST =
		0x1f4, /* core.img, first sector: LBA, 16-bit length, 16-bit segment of the rest */
	AT_BLOCK_COUNT = 0x1fc,
};

int bios_find_partition(const uint8_t start[GPT_START_BYTES(SECTOR_BYTES)], uint64_t disk_sectors,
			uint64_t *ret_first_lba, uint64_t *ret_sectors, struct error *error)
{
	uint8_t type[GUID_BYTES];
	const struct gpt_entry *entry;
	struct gpt gpt;
	int r = gpt_decode(start, SECTOR_BYTES, disk_sectors, &gpt, error);

	if (r < 0)
		return r;
	guid_parse(BIOS_BOOT_TYPE, type);
	entry = gpt_find_type(&gpt, type);
	if (!entry)
		return error_set(error, -ENOENT, "no partition of type BIOS boot (%s)",
				 BIOS_BOOT_TYPE);
	*ret_first_lba = entry->first_lba;
	*ret_sectors = entry->last_lba - entry->first_lba + 1;
	return 0;
}

int bios_patch_boot(uint8_t boot[SECTOR_BYTES], const uint8_t disk_sector[SECTOR_BYTES],
		    uint64_t core_lba, struct error *error)
{
	if (boot[0] != 0xeb || get_le16(boot + SECTOR_BYTES - 2) != 0xaa55)
		return error_set(error, -EBADMSG, "not a boot sector of GRUB");
	put_le(boot + AT_CORE_LBA, 8, core_lba);
	memset(boot + AT_DRIVE_CHECK, 0x90, 2);
	memcpy(boot + AT_DISK_SIGNATURE, disk_sector + AT_DISK_SIGNATURE,
	       SECTOR_BYTES - AT_DISK_SIGNATURE);
	return 0;
}

int bios_patch_core(uint8_t *core, size_t size, uint64_t core_lba, uint64_t partition_sectors,
		    struct error *error)
{
	uint64_t sectors = (size + SECTOR_BYTES - 1) / SECTOR_BYTES;

	if (size <= SECTOR_BYTES || get_le16(core + AT_BLOCK_COUNT) != sectors - 1)
		return error_set(error, -EBADMSG, "not a core image of GRUB for BIOS");
	if (sectors > partition_sectors)
		return error_set(error, -EFBIG,
				 "needs %" PRIu64 " sectors, the BIOS boot partition has %" PRIu64,
				 sectors, partition_sectors);
	put_le(core + AT_BLOCK_LIST, 8, core_lba + 1);
	return 0;
}
