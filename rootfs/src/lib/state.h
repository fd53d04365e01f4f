// SPDX-License-Identifier: Apache-2.0
/* Decisions about the state partition, from facts. What is done with them, and what a power cut
 * leaves, is init's. */
#pragma once
#include "lib/ext4.h"
#include <stdbool.h>
#include <stdint.h>

/* Smaller gains are not worth writing a partition table or a superblock for. */
#define STATE_GROW_MIN_BYTES (UINT64_C(64) << 20)

enum state_step { STATE_MOUNT, STATE_CHECK, STATE_FORMAT, STATE_REFUSE };

/* Must the partition be made, or can it grow by enough? */
bool state_wants_repart(bool exists, uint64_t free_behind_sectors);

/* What has to happen before the partition can be mounted. repair: the file system is to be checked
 * even if it looks clean. */
enum state_step state_step_for(enum contents contents, const struct ext4 *ext4, bool repair);

/* Blocks that the mounted file system should be resized to, 0 for none. */
uint64_t state_grow_blocks(const struct ext4 *ext4, uint64_t partition_sectors);

/* What to do about provisioning, from what stands on the state partition. fresh: it was never used;
 * unfinished: a first boot began and did not end; done: one ended. */
enum provision_step { PROVISION_NOTHING, PROVISION_FIRST, PROVISION_OVER, PROVISION_AGAIN };
enum provision_step provision_step_for(bool fresh, bool unfinished, bool done);
