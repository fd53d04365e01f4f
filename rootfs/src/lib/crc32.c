// SPDX-License-Identifier: Apache-2.0
/* See crc32.h. */
#include "lib/crc32.h"

static uint32_t crc32_reflected(uint32_t polynomial, uint32_t crc, const uint8_t *bytes,
				size_t size)
{
	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (polynomial & (0 - (crc & 1)));
	}
	return crc;
}

uint32_t crc32_ieee(const uint8_t *bytes, size_t size)
{
	return ~crc32_reflected(0xedb88320, 0xffffffff, bytes, size);
}

uint32_t crc32c_raw(uint32_t seed, const uint8_t *bytes, size_t size)
{
	return crc32_reflected(0x82f63b78, seed, bytes, size);
}
