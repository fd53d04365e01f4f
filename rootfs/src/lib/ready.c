// SPDX-License-Identifier: Apache-2.0
/* See ready.h. The words were cleaned, so neither form needs escapes. */
#include "lib/ready.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("._+~-", c));
}

void ready_clean(char *word)
{
	if (*word == '\0')
		strcpy(word, "unknown");
	for (; *word != '\0'; word++)
		if (!plain(*word))
			*word = '_';
}

void ready_line(const struct ready *ready, char ret[READY_BYTES])
{
	snprintf(ret, READY_BYTES,
		 "KEELSON-READY version=%s arch=%s slot=%s failed_units=%" PRIu32
		 " userspace_ms=%" PRIu64,
		 ready->version, ready->arch, ready->slot, ready->failed_units,
		 ready->userspace_ms);
}

void ready_json(const struct ready *ready, char ret[READY_BYTES])
{
	snprintf(ret, READY_BYTES,
		 "{\"version\":\"%s\",\"arch\":\"%s\",\"slot\":\"%s\",\"failed_units\":%" PRIu32
		 ",\"userspace_ms\":%" PRIu64 "}\n",
		 ready->version, ready->arch, ready->slot, ready->failed_units,
		 ready->userspace_ms);
}
