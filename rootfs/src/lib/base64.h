// SPDX-License-Identifier: Apache-2.0
/* Base64 (RFC 4648, section 4), with its padding. */
#pragma once
#include <stddef.h>

/* Room that the decoded bytes of so many characters need at most. */
#define BASE64_ROOM(size) ((size) / 4 * 3 + 3)

/* Line breaks and blanks between characters are left out, as mail and people put them there.
 * Returns 0, or -EINVAL with ret holding rubbish. */
int base64_decode(const char *text, size_t size, char *ret, size_t *ret_size);

/* Characters of so many bytes, and a terminator. */
#define BASE64_CODED(size) (((size) + 2) / 3 * 4 + 1)
void base64_encode(const char *bytes, size_t size, char *ret);
