// SPDX-License-Identifier: Apache-2.0
#include "lib/slot.h"
#include <string.h>

/* What is read from hostile bytes is within the limits, and survives a round trip. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char head[] = "# GRUB Environment Block\n";
	uint8_t block[SLOT_BLOCK_BYTES] = { 0 };
	struct slot_state slots[SLOTS] = { 0 };
	struct slot_attempt plan[SLOTS];

	memcpy(block, head, sizeof(head) - 1);
	memcpy(block + sizeof(head) - 1, bytes,
	       size < sizeof(block) - sizeof(head) + 1 ? size : sizeof(block) - sizeof(head) + 1);
	slots[0] = slot_decode(block);
	slot_plan(slots, plan);
	if (plan[0].slot == plan[1].slot)
		__builtin_trap();
	if (!slots[0].known)
		return 0;
	slot_encode(&slots[0], block);
	struct slot_state again = slot_decode(block);
	if (memcmp(&again, &slots[0], sizeof(again)) != 0 || again.tries > SLOT_TRIES_MAX)
		__builtin_trap();
	return 0;
}
