// SPDX-License-Identifier: Apache-2.0
/*
 * The state of the two slots and the choice between them. GRUB's script (image/loader/slots.cfg)
 * decides by the same rules; tests/vm/test_slots.py holds the two against each other.
 *
 * A slot's state is one GRUB environment block of one sector, so that a write is whole or absent:
 * the line "# GRUB Environment Block", NAME=VALUE lines, then '#' to the end. Of the names these
 * count, and only with these values:
 *   priority  0 to 9: the higher one starts; 0 never, but as the last resort
 *   tries     0 to 7 times "x": how often it may start before somebody says that it is good
 *   good      0 or 1: it has been said
 * Anything else in a block makes it count as no state.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOTS 2
#define SLOT_BLOCK_BYTES 512
#define SLOT_STRIDE_BYTES 4096
#define SLOT_PRIORITY_MAX 9
#define SLOT_TRIES_MAX 7
#define SLOT_TRIES_DEFAULT 3

struct slot_state {
	bool known; /* false: no state, and the rest is zero */
	unsigned priority;
	unsigned tries;
	bool good;
};

struct slot_attempt {
	unsigned slot;
	bool counted; /* a try is taken from the slot's block before its kernel is loaded */
};

/* Any bytes are accepted. */
struct slot_state slot_decode(const uint8_t block[SLOT_BLOCK_BYTES]);

/* The slot must be known, and within the limits. */
void slot_encode(const struct slot_state *slot, uint8_t block[SLOT_BLOCK_BYTES]);

/* Slots in the order in which they are started; the next one's turn comes when one does not even
 * load. First those with tries left, then, as the last resort, the others. */
void slot_plan(const struct slot_state slots[SLOTS], struct slot_attempt ret[SLOTS]);

/* Is a restart worth it, when the running slot's boot has come to nothing? Only when a start that
 * is counted follows. What is started as the last resort would come to the same for ever: rather
 * than that, the machine stays up, and somebody can look at it. */
bool slot_worth_restart(const struct slot_state slots[SLOTS]);

/* The changes that keelson-slot makes. Each returns the slots whose blocks have to be written, in
 * that order; one that is written before another leaves, if the power goes between them, a machine
 * that starts one of the two slots that were good to start before. */
struct slot_writes {
	unsigned count;
	unsigned slots[SLOTS];
};

/* own runs, and well: all its tries are given back. A slot without state gets one. */
struct slot_writes slot_mark_good(struct slot_state slots[SLOTS], unsigned own);

/* Never to be started, but as the last resort. */
struct slot_writes slot_mark_bad(struct slot_state slots[SLOTS], unsigned slot);

/* To be started next, tries times at most until it is marked good. tries: 1 to SLOT_TRIES_MAX. */
struct slot_writes slot_set_active(struct slot_state slots[SLOTS], unsigned slot, unsigned tries);

/* As a new image has them: both may start, a first. */
struct slot_writes slot_format(struct slot_state slots[SLOTS]);
