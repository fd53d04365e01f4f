// SPDX-License-Identifier: Apache-2.0
/* UTF-8 (RFC 3629), one code point at a time. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffd

/* Reads the code point at at, of which size > 0 bytes may be looked at. Bytes that are no UTF-8
 * read as U+FFFD, one at a time. Returns the bytes taken, 1 to 4. */
size_t utf8_decode(const char *at, size_t size, uint32_t *ret);

/* Returns the bytes written, 1 to 4. The code point must be one: at most U+10FFFF, no surrogate. */
size_t utf8_encode(uint32_t rune, char out[4]);
