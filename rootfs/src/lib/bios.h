// SPDX-License-Identifier: Apache-2.0
/*
 * GRUB's BIOS boot code on a GPT disk, as memory (GRUB, grub-core/boot/i386/pc/boot.S and
 * diskboot.S): boot.img goes to the first sector and loads the first sector of core.img, which
 * loads the rest from the sectors behind it.
 */
#pragma once
#include "lib/error.h"
#include "lib/gpt.h"
#include <stddef.h>
#include <stdint.h>

#define BIOS_CORE_MAX_BYTES (4 * 1024 * 1024)

/* The sectors of the disk's BIOS boot partition. 0, -ENODATA or -EBADMSG as gpt_decode, -ENOENT if
 * it has none. */
int bios_find_partition(const uint8_t start[GPT_START_BYTES(SECTOR_BYTES)], uint64_t disk_sectors,
			uint64_t *ret_first_lba, uint64_t *ret_sectors, struct error *error);

/* Turns boot.img into the sector to write: where core.img begins, no drive workaround, and the
 * disk's own signature and partition table kept. 0 or -EBADMSG when boot.img is not GRUB's. */
int bios_patch_boot(uint8_t boot[SECTOR_BYTES], const uint8_t disk_sector[SECTOR_BYTES],
		    uint64_t core_lba, struct error *error);

/* Tells core.img where its own second sector is. 0, -EBADMSG, or -EFBIG when it does not fit into
 * the partition. */
int bios_patch_core(uint8_t *core, size_t size, uint64_t core_lba, uint64_t partition_sectors,
		    struct error *error);
