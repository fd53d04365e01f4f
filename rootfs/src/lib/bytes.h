// SPDX-License-Identifier: Apache-2.0
/* Little-endian fields of on-disk formats, read and written byte by byte; the caller has checked
 * the bounds. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t get_le(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

static inline uint16_t get_le16(const uint8_t *at)
{
	return (uint16_t)get_le(at, 2);
}

static inline uint32_t get_le32(const uint8_t *at)
{
	return (uint32_t)get_le(at, 4);
}

static inline uint64_t get_le64(const uint8_t *at)
{
	return get_le(at, 8);
}

static inline void put_le(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++, value >>= 8)
		at[i] = (uint8_t)value;
}

static inline bool is_zero(const uint8_t *at, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i < size; i++)
		any |= at[i];
	return any == 0;
}
