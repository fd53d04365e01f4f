// SPDX-License-Identifier: Apache-2.0
/* See record.h. libsystemd takes a journal that is not there for one that needs no record, so it is
 * looked for first. */
#include "keelson/record.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define JOURNAL "/run/systemd/journal/socket"

/* Somebody has to have it open: a socket file that is left has no reader. */
static int find_journal(struct error *error)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = JOURNAL };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = 0;

	if (fd < 0)
		return error_errno(error, "socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		r = error_errno(error, "reach the journal at " JOURNAL);
	close(fd);
	return r;
}

int record_send(const struct record *record, struct error *error)
{
	int r = find_journal(error);

	if (r < 0)
		return r;
	r = sd_journal_send("MESSAGE=%s opens a privileged container of %s (%s) on %s: %s",
			    record->user, record->image, record->digest, record->tty,
			    record->command, "MESSAGE_ID=" RECORD_MESSAGE_ID, "PRIORITY=5",
			    "SYSLOG_IDENTIFIER=keelson", "KEELSON_CONTAINER=%s", record->container,
			    "KEELSON_IMAGE=%s", record->image, "KEELSON_DIGEST=%s", record->digest,
			    "KEELSON_MANIFEST=%s", record->manifest, "KEELSON_CHECKED=%s",
			    record->checked, "KEELSON_USER=%s", record->user, "KEELSON_TTY=%s",
			    record->tty, "KEELSON_COMMAND=%s", record->command, NULL);
	return r < 0 ? error_set(error, r, "write to the journal: %s", strerror(-r)) : 0;
}
