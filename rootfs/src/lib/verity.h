// SPDX-License-Identifier: Apache-2.0
/*
 * The superblock of a dm-verity hash device as veritysetup writes it (cryptsetup,
 * lib/verity/verity.c), and the table line that the kernel wants (Linux,
 * Documentation/admin-guide/device-mapper/verity.rst). Only what Keelson makes is accepted: version
 * 1, SHA-256, 4096-byte blocks.
 */
#pragma once
#include "lib/error.h"
#include <stddef.h>
#include <stdint.h>

#define VERITY_SUPERBLOCK_BYTES 512
#define VERITY_BLOCK_BYTES 4096
#define VERITY_SALT_MAX 256
#define VERITY_TABLE_BYTES 1024
#define VERITY_HASH_BYTES 32

struct verity {
	uint8_t uuid[16]; /* in the order of its text */
	uint64_t data_blocks;
	uint16_t salt_bytes;
	uint8_t salt[VERITY_SALT_MAX];
};

/* Returns 0, -EBADMSG (not a superblock, or damaged) or -EOPNOTSUPP; ret is then untouched. */
int verity_decode(const uint8_t bytes[VERITY_SUPERBLOCK_BYTES], struct verity *ret,
		  struct error *error);
void verity_encode(const struct verity *verity, uint8_t bytes[VERITY_SUPERBLOCK_BYTES]);

/* What the hash device has to hold at least, superblock included. */
uint64_t verity_hash_device_bytes(const struct verity *verity);

/* Do data and hash fit into partitions of these sizes? 0 or -EBADMSG. */
int verity_check_sizes(const struct verity *verity, uint64_t data_partition_bytes,
		       uint64_t hash_partition_bytes, struct error *error);

/* Compares the root hash with the tree's top block (the hash device's second block), so that a
 * wrong pair of image and command line is told apart from a corrupted disk, which the kernel
 * answers with a panic. 0 or -EBADMSG. */
int verity_check_root(const struct verity *verity, const uint8_t root_hash[VERITY_HASH_BYTES],
		      const uint8_t top_block[VERITY_BLOCK_BYTES], struct error *error);

/* The target's parameters; devices are "MAJOR:MINOR". A corrupted block panics the kernel: going on
 * with some files unreadable is worse than a restart into the other slot. */
void verity_table(const struct verity *verity, const uint8_t root_hash[VERITY_HASH_BYTES],
		  const char *data_device, const char *hash_device, char ret[VERITY_TABLE_BYTES]);
