// SPDX-License-Identifier: Apache-2.0
/*
 * What becomes of a disk image on a disk that may be larger: a table that ends where the disk does,
 * and perhaps one more partition, for the config of the first boot. Nothing is read or written
 * here; all is of 512-byte sectors.
 */
#pragma once
#include "lib/error.h"
#include "lib/gpt.h"
#include <stdint.h>

/* What comes before the first partition: the tables, and what BIOSes start. */
#define IMAGE_HEAD_BYTES (1 << 20)

struct imageplan {
	struct gpt table;               /* of the disk */
	uint64_t image_bytes;           /* all of the image */
	uint64_t body_end_bytes;        /* where its last partition ends */
	uint64_t config_start_bytes;    /* 0: no such partition */
	uint8_t head[IMAGE_HEAD_BYTES]; /* of the disk */
};

/* head is the image's; config_bytes the size of the file system with the config, 0 for none. ids
 * are random bytes, of which disk and partitions get new GUIDs: two disks with one image's can not
 * be told apart in one machine. -EBADMSG: not an image of a disk that is laid out as ours; -ENOSPC:
 * the disk is too small. */
int imageplan_make(const uint8_t head[IMAGE_HEAD_BYTES], uint64_t disk_bytes, uint64_t config_bytes,
		   const uint8_t ids[GPT_ENTRIES_MAX + 1][GUID_BYTES], struct imageplan *ret,
		   struct error *error);
