// SPDX-License-Identifier: Apache-2.0
/* See filesums.h. A table of slots, each inode in the first free one from its hash on. An inode
 * never leaves it: that of a file that was replaced is soon another file's. */
#include "lib/oci/filesums.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 64
#define ROOM_MAX 131072

struct filesum {
	uint64_t inode; /* 0: free */
	bool known;
	uint8_t tag[FILESUM_BYTES];
};

/* Where an inode is or would be; some slots are free. */
static struct filesum *slot_of(const struct filesums *sums, uint64_t inode)
{
	size_t at = (size_t)(inode * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (;; at++) {
		struct filesum *slot = &sums->slots[at & (sums->room - 1)];

		if (slot->inode == inode || slot->inode == 0)
			return slot;
	}
}

static bool grow(struct filesums *sums)
{
	struct filesums larger = { .room = sums->room ? sums->room * 2 : ROOM_MIN,
				   .count = sums->count };

	if (larger.room > ROOM_MAX)
		return false;
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < sums->room; i++)
		if (sums->slots[i].inode != 0)
			*slot_of(&larger, sums->slots[i].inode) = sums->slots[i];
	free(sums->slots);
	*sums = larger;
	return true;
}

static struct filesum *slot_for(struct filesums *sums, uint64_t inode)
{
	struct filesum *slot = sums->room > 0 ? slot_of(sums, inode) : NULL;

	if (slot && slot->inode == inode)
		return slot;
	if (sums->count >= sums->room / 4 * 3) {
		if (!grow(sums))
			return NULL;
		slot = slot_of(sums, inode);
	}
	slot->inode = inode;
	sums->count++;
	return slot;
}

void filesums_keep(struct filesums *sums, uint64_t inode, const uint8_t tag[FILESUM_BYTES])
{
	struct filesum *slot = inode != 0 ? slot_for(sums, inode) : NULL;

	if (!slot)
		return;
	slot->known = tag;
	if (tag)
		memcpy(slot->tag, tag, FILESUM_BYTES);
}

const uint8_t *filesums_find(const struct filesums *sums, uint64_t inode)
{
	const struct filesum *slot = sums->room > 0 && inode != 0 ? slot_of(sums, inode) : NULL;

	return slot && slot->known ? slot->tag : NULL;
}

void filesums_free(struct filesums *sums)
{
	free(sums->slots);
	*sums = (struct filesums){ 0 };
}
