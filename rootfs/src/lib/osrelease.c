// SPDX-License-Identifier: Apache-2.0
/* See osrelease.h. */
#include "lib/osrelease.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

int osrelease_value(const char *text, const char *key, char *ret, size_t room)
{
	size_t key_length = strlen(key);

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (length > key_length && text[key_length] == '=' &&
		    memcmp(text, key, key_length) == 0) {
			const char *value = text + key_length + 1;
			size_t size = length - key_length - 1;

			if (size >= 2 && (*value == '"' || *value == '\'') &&
			    value[size - 1] == *value) {
				value++;
				size -= 2;
			}
			return text_copy(ret, room, value, size);
		}
		text += length + (text[length] == '\n');
	}
	return -ENOENT;
}

int osrelease_version(const char *text, char *ret, size_t room)
{
	int r = osrelease_value(text, "IMAGE_VERSION", ret, room);

	return r < 0 ? osrelease_value(text, "VERSION_ID", ret, room) : r;
}
