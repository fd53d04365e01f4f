// SPDX-License-Identifier: Apache-2.0
/* See bootfailure.h. */
#include "lib/bootfailure.h"
#include "lib/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TIME_MAX_S UINT64_C(253402300799) /* the end of the year 9999 */

enum boot_state boot_state(const char *active, bool has_job)
{
	if (strcmp(active, "active") == 0)
		return BOOT_COMPLETE;
	return has_job ? BOOT_PENDING : BOOT_FAILED;
}

void boot_failure_json(const struct boot_failure *failure, char ret[BOOT_FAILURE_BYTES])
{
	char since[24] = "null";

	if (failure->good_since_s > 0)
		snprintf(since, sizeof(since), "%" PRIu64, failure->good_since_s);
	if (failure->known)
		snprintf(ret, BOOT_FAILURE_BYTES,
			 "{\"version\":\"%s\",\"time\":%" PRIu64
			 ",\"good_since\":%s,\"reason\":\"%s\"}",
			 failure->version, failure->time_s, since, failure->reason);
	else
		strcpy(ret, "null");
}

void boot_failures_format(const struct boot_failure failures[SLOTS], char ret[BOOT_FAILURES_BYTES])
{
	char a[BOOT_FAILURE_BYTES], b[BOOT_FAILURE_BYTES];

	boot_failure_json(&failures[0], a);
	boot_failure_json(&failures[1], b);
	snprintf(ret, BOOT_FAILURES_BYTES, "{\"a\":%s,\n\"b\":%s}\n", a, b);
}

/* Each take_ moves *at behind what it has taken, or returns false. */
static bool take(const char **at, const char *expected)
{
	if (!text_starts(*at, expected))
		return false;
	*at += strlen(expected);
	return true;
}

static bool take_text(const char **at, char *ret, size_t room)
{
	size_t length = strcspn(*at, "\"");

	for (size_t i = 0; i < length; i++)
		if ((*at)[i] < ' ' || (*at)[i] > '~' || (*at)[i] == '\\')
			return false;
	if (text_copy(ret, room, *at, length) < 0)
		return false;
	*at += length;
	return true;
}

static bool take_time(const char **at, uint64_t *ret)
{
	char digits[24];
	size_t length = strspn(*at, "0123456789");

	if (text_copy(digits, sizeof(digits), *at, length) < 0 ||
	    text_to_number(digits, TIME_MAX_S, ret) < 0)
		return false;
	*at += length;
	return true;
}

static bool take_failure(const char **at, struct boot_failure *ret)
{
	if (take(at, "null"))
		return true;
	ret->known = true;
	return take(at, "{\"version\":\"") && take_text(at, ret->version, sizeof(ret->version)) &&
	       take(at, "\",\"time\":") && take_time(at, &ret->time_s) &&
	       take(at, ",\"good_since\":") &&
	       (take(at, "null") || take_time(at, &ret->good_since_s)) &&
	       take(at, ",\"reason\":\"") && take_text(at, ret->reason, sizeof(ret->reason)) &&
	       take(at, "\"}");
}

int boot_failures_parse(const char *text, struct boot_failure ret[SLOTS])
{
	struct boot_failure failures[SLOTS] = { 0 };

	if (!take(&text, "{\"a\":") || !take_failure(&text, &failures[0]) ||
	    !take(&text, ",\n\"b\":") || !take_failure(&text, &failures[1]) ||
	    !take(&text, "}\n") || *text != '\0')
		return -EBADMSG;
	memcpy(ret, failures, sizeof(failures));
	return 0;
}
