// SPDX-License-Identifier: Apache-2.0
#include "lib/gpt.h"
#include "lib/bytes.h"
#include "lib/crc32.h"
#include <string.h>

/* Checksums are put right to get behind them. Whatever decodes, encodes into something that decodes
 * to the same. */
static void fuzz_backup(const uint8_t *bytes, size_t size)
{
	uint8_t end[GPT_END_BYTES(512)] = { 0 }, *header = end + sizeof(end) - 512;
	struct gpt gpt, second;

	memcpy(end, bytes, size < sizeof(end) ? size : sizeof(end));
	put_le(header + 88, 4, crc32_ieee(end, (get_le32(header + 80) % 129) * GPT_ENTRY_BYTES));
	put_le(header + 16, 4, 0);
	put_le(header + 16, 4, crc32_ieee(header, 92));
	if (gpt_decode_backup(end, 512, 32768, &gpt, NULL) < 0)
		return;
	if (gpt.entry_count > GPT_ENTRIES_MAX || gpt.last_usable_lba >= 32768 - 33)
		__builtin_trap();
	gpt.alternate_lba = 32767; /* the first table's field has this one's place */
	gpt_encode_backup(&gpt, 512, end);
	gpt.alternate_lba = 1;
	if (gpt_decode_backup(end, 512, 32768, &second, NULL) < 0 ||
	    memcmp(&gpt, &second, sizeof(gpt)) != 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t start[GPT_START_BYTES(512)] = { 0 }, again[GPT_START_BYTES(512)] = { 0 };
	struct gpt gpt, second;

	fuzz_backup(bytes, size);
	memcpy(start, bytes, size < sizeof(start) ? size : sizeof(start));
	uint32_t count = get_le32(start + 512 + 80) % 12;
	put_le(start + 512 + 80, 4, count);
	put_le(start + 512 + 88, 4, crc32_ieee(start + 1024, count * GPT_ENTRY_BYTES));
	put_le(start + 512 + 16, 4, 0);
	put_le(start + 512 + 16, 4, crc32_ieee(start + 512, 92));
	if (gpt_decode(start, 512, 32768, &gpt, NULL) < 0)
		return 0;
	gpt_encode(&gpt, 512, again);
	if (gpt_decode(again, 512, 32768, &second, NULL) < 0 ||
	    memcmp(&gpt, &second, sizeof(gpt)) != 0)
		__builtin_trap();
	return 0;
}
