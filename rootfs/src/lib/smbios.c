// SPDX-License-Identifier: Apache-2.0
/* Finds a string in an SMBIOS structure; see smbios.h. */
#include "lib/smbios.h"
#include <errno.h>
#include <string.h>

#define OEM_STRINGS 11
#define HEADER_BYTES 5 /* type, length, handle, count */

int smbios_oem_string(const char *raw, size_t size, const char *prefix, const char **ret,
		      size_t *ret_size)
{
	size_t at, length = strlen(prefix);

	if (size < HEADER_BYTES || raw[0] != OEM_STRINGS)
		return -EBADMSG;
	at = (unsigned char)raw[1];
	if (at < HEADER_BYTES || at > size)
		return -EBADMSG;
	while (at < size && raw[at] != '\0') {
		const char *end = memchr(raw + at, '\0', size - at);
		size_t left = end ? (size_t)(end - raw) - at : 0;

		if (!end)
			return -EBADMSG;
		if (left >= length && memcmp(raw + at, prefix, length) == 0) {
			*ret = raw + at + length;
			*ret_size = left - length;
			return 0;
		}
		at += left + 1;
	}
	return -ENOENT;
}
