// SPDX-License-Identifier: Apache-2.0
/*
 * The first boot, on which the machine becomes what its Ignition config says, or does not come up;
 * see init.h. What is to be done is keelson-provision's, stage by stage; here is when, and what a
 * power cut leaves:
 *  - before the state partition exists: disks as far as the config's own stages got, which take
 * what they find done already; the next boot begins anew;
 *  - after: UNFINISHED stands on the state partition from before the first other file to behind the
 *    last one. The next boot removes everything beside it and begins anew;
 *  - UNFINISHED becomes DONE by one rename, after all else is on the disk.
 * A state partition with neither of them that holds something is not ours to clear: the stages are
 * done over what is there. Must never remove anything that was there before the first boot.
 */
#include "init/init.h"
#include "lib/state.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/kmsg.h"
#include "os/spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define PROGRAM "/usr/bin/keelson-provision"
#define OWN "/var/lib/keelson"
#define UNFINISHED_NAME ".provision-unfinished"
#define UNFINISHED "/var/" UNFINISHED_NAME
#define DONE OWN "/provision-done"

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int run_stage(const char *name, struct error *error)
{
	const char *const argv[] = { PROGRAM, "stage", name, NULL };

	return spawn(argv, 0, error);
}

static int run_stages(const char *const names[], struct error *error)
{
	int r = 0;

	for (; r >= 0 && *names; names++)
		r = run_stage(*names, error);
	return r;
}

int provision_disks(struct error *error)
{
	static const char *const stages[] = { "fetch", "disks", NULL };

	return run_stages(stages, error);
}

/* What is checked before a disk is touched is checked against the /var and /etc of a new machine;
 * they are in memory until there are real ones. */
int provision_new_disk(struct error *error)
{
	int r = var_mount_tmpfs(error);

	if (r == 0)
		r = etc_mount(error);
	if (r == 0)
		r = provision_disks(error);
	if (r == 0 && (umount2("/etc", 0) < 0 || umount2("/var", 0) < 0))
		r = error_errno(error, "unmount /etc and /var");
	return r;
}

static int sync_var(struct error *error)
{
	AUTO_CLOSE int fd = open("/var", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		return error_errno(error, "sync /var");
	return 0;
}

int provision_begin(bool *ret_wanted, struct error *error)
{
	AUTO_CLOSE int fd = -1;
	int r = 0;

	switch (provision_step_for(!exists(OWN), exists(UNFINISHED), exists(DONE))) {
	case PROVISION_NOTHING:
		*ret_wanted = false;
		return 0;
	case PROVISION_OVER:
		kmsg_print(KMSG_NOTICE, "the last first boot did not end; starting over");
		r = folder_clear("/var", UNFINISHED_NAME, error);
		break;
	case PROVISION_FIRST:
		fd = open(UNFINISHED, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			r = error_errno(error, "make " UNFINISHED);
		break;
	case PROVISION_AGAIN:
		break;
	}
	*ret_wanted = true;
	return r < 0 ? r : sync_var(error);
}

static int mark_done(struct error *error)
{
	int r = sync_var(error);

	if (r < 0)
		return r;
	if (!exists(UNFINISHED))
		return file_replace(DONE, "", error);
	if (rename(UNFINISHED, DONE) < 0)
		return error_errno(error, "rename " UNFINISHED " to " DONE);
	return sync_var(error);
}

int provision_files(struct error *error)
{
	static const char *const stages[] = { "mount", "files", "umount", "finish", NULL };
	int r = run_stages(stages, error);

	return r < 0 ? r : mark_done(error);
}
