// SPDX-License-Identifier: Apache-2.0
#include "lib/signature.h"
#include "lib/devlink.h"
#include "lib/mounts.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What programs and the kernel print, and names of devices out of a config. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 1);
	struct devlink_disk disk = { .name = "nvme0n1", .serial = "s", .model = " m m " };
	struct signature found;
	struct raid_member member;
	struct devlink link;

	memcpy(text, bytes, size);
	signature_parse(text, &found);
	raid_member_parse(text, &member);
	mounts_have(text, 8, 1);
	if (devlink_parse(text, &link, NULL) == 0 && strlen(link.value) >= DEVLINK_VALUE_BYTES)
		__builtin_trap();
	strncpy(disk.wwid, text, sizeof(disk.wwid) - 1);
	if (devlink_parse(text, &link, NULL) == 0)
		devlink_is_id(&link, &disk);
	free(text);
	return 0;
}
