// SPDX-License-Identifier: Apache-2.0
/* GUIDs as GPT stores them: the first three fields little-endian (UEFI 2.10, appendix A). */
#pragma once
#include <stdint.h>

#define GUID_BYTES 16
#define GUID_TEXT_BYTES 37

/* Accepts either case. Returns 0, or -EINVAL with ret untouched. */
int guid_parse(const char *text, uint8_t ret[GUID_BYTES]);

/* Lower case, 36 characters and the terminator. */
void guid_format(const uint8_t guid[GUID_BYTES], char ret[GUID_TEXT_BYTES]);
