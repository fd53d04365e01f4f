// SPDX-License-Identifier: Apache-2.0
/* Why slots' boots were given up; see lib/bootfailure.h. The file is replaced as a whole: a crash
 * leaves the old one. */
#include "lib/osrelease.h"
#include "lib/text.h"
#include "os/file.h"
#include "slot/slot.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FAILURES "/var/lib/keelson/boot-failure.json"

int failures_read(struct boot_failure ret[SLOTS], struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = file_read(FAILURES, BOOT_FAILURES_BYTES, &text, error);

	memset(ret, 0, SLOTS * sizeof(*ret));
	if (r == -ENOENT)
		return 0;
	if (r == 0 && boot_failures_parse(text, ret) < 0)
		r = error_set(error, -EBADMSG,
			      FAILURES ": not as keelson-slot writes it; remedy: "
				       "remove it");
	return r;
}

static int write_failures(const struct boot_failure failures[SLOTS], struct error *error)
{
	char text[BOOT_FAILURES_BYTES];

	boot_failures_format(failures, text);
	return file_replace(FAILURES, text, error);
}

static uint64_t now_s(void)
{
	time_t now = time(NULL);

	return now > 0 ? (uint64_t)now : 0;
}

int failures_add(unsigned slot, const char *reason, struct error *error)
{
	struct boot_failure failures[SLOTS];
	struct boot_failure *own = &failures[slot];
	AUTO_FREE char *release = NULL;

	failures_read(failures, NULL); /* what cannot be read is written anew */
	*own = (struct boot_failure){ .known = true, .time_s = now_s() };
	if (file_read("/usr/lib/os-release", 65536, &release, NULL) < 0 ||
	    osrelease_version(release, own->version, sizeof(own->version)) < 0)
		strcpy(own->version, "unknown");
	text_clean(own->version);
	snprintf(own->reason, sizeof(own->reason), "%s", reason);
	text_clean(own->reason);
	return write_failures(failures, error);
}

int failures_note_good(unsigned slot, struct error *error)
{
	struct boot_failure failures[SLOTS];
	int r = failures_read(failures, error);

	if (r < 0 || !failures[slot].known || failures[slot].good_since_s > 0)
		return r;
	failures[slot].good_since_s = now_s();
	return write_failures(failures, error);
}
