// SPDX-License-Identifier: Apache-2.0
#include "lib/imageplan.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include <string.h>

/* With checksums put right. Whatever is planned is a table that decodes, of partitions behind the
 * head. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static uint8_t head[IMAGE_HEAD_BYTES], ids[GPT_ENTRIES_MAX + 1][GUID_BYTES];
	static struct imageplan plan;
	const uint64_t disk_bytes = 64 << 20;
	struct gpt table;

	memset(head, 0, sizeof(head));
	memcpy(head, bytes, size < sizeof(head) ? size : sizeof(head));
	put_le(head + 450, 1, 0xee);
	put_le(head + 454, 4, 1);
	put_le(head + 510, 2, 0xaa55);
	put_le(head + 512 + 88, 4,
	       crc32_ieee(head + 1024, (get_le32(head + 512 + 80) % 129) * GPT_ENTRY_BYTES));
	put_le(head + 512 + 16, 4, 0);
	put_le(head + 512 + 16, 4, crc32_ieee(head + 512, 92));
	if (imageplan_make(head, disk_bytes, 1 << 20, (const uint8_t(*)[GUID_BYTES])ids, &plan,
			   NULL) < 0)
		return 0;
	if (gpt_decode(plan.head, 512, disk_bytes / 512, &table, NULL) < 0 ||
	    plan.config_start_bytes < plan.body_end_bytes || plan.image_bytes > disk_bytes ||
	    plan.body_end_bytes <= IMAGE_HEAD_BYTES)
		__builtin_trap();
	return 0;
}
