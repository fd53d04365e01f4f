// SPDX-License-Identifier: Apache-2.0
/* What a block device holds, out of what `blkid -p -o export` and `mdadm --examine --export` print:
 * lines KEY=VALUE, in blkid's values a backslash before what a shell would take for its own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* A file system, swap, LUKS or RAID member. An empty text: there is none. */
struct signature {
	char type[32]; /* blkid's name: ext4, crypto_LUKS, linux_raid_member */
	char label[256];
	char uuid[64];
	char subsystem[64]; /* LUKS2 only: a second label */
	char version[16];   /* LUKS: 1 or 2 */
	char table[16];     /* of partitions: gpt, dos */
};

struct raid_member {
	char level[16]; /* raid1 */
	char name[128]; /* HOST:NAME, or NAME */
	char uuid[64];
	unsigned devices; /* active ones */
};

/* Unknown lines are passed over, a value that is too long is left out as if its line was not
 * there. */
void signature_parse(const char *text, struct signature *ret);

/* False: the text is not about a member of an array. */
bool raid_member_parse(const char *text, struct raid_member *ret);
