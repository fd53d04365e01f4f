// SPDX-License-Identifier: Apache-2.0
/* The two reflected 32-bit CRCs that on-disk formats here use, bit by bit: inputs are a few
 * kilobytes. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* CRC-32 of UEFI (section 4.2.1) and zlib, initial and final inversion included. */
uint32_t crc32_ieee(const uint8_t *bytes, size_t size);

/* CRC-32C (Castagnoli) without inversions, as ext4 uses it: the caller gives the seed ~0. */
uint32_t crc32c_raw(uint32_t seed, const uint8_t *bytes, size_t size);
