// SPDX-License-Identifier: Apache-2.0
/*
 * The stages of provisioning: what a config asks for is done to disks, then to the tree below a
 * root folder. Each can be run again after it was cut anywhere, and ends with the same result.
 */
#pragma once
#include "fetch/fetch.h"
#include "lib/error.h"
#include "lib/ignition/config.h"
#include <stdio.h>

/* disks*.c: partition tables, RAID, LUKS, file systems; existing ones are used again by the spec's
 * rules. Writes to the disks that the config names and to no other. */
int disks_apply(const struct ign_config *config, struct fetcher *fetcher, struct error *error);

/* Mounts the config's file systems that have a path below root, parents first, and what is needed
 * to find them; disks_umount undoes it in reverse. */
int disks_mount(const struct ign_config *config, const char *root, struct error *error);
int disks_umount(const struct ign_config *config, const char *root, struct error *error);

/* After all stages went well: takes off the marks by which a later run knows what one that was cut
 * has left unfinished. */
int disks_finish(const struct ign_config *config, struct error *error);

/* files*.c: what can be known before a byte is written: every path is one that this system keeps,
 * users and groups that are named exist or are made. All problems, a line each, go to report.
 * -EBADMSG: there is one. Writes nothing. */
int files_check(const struct ign_config *config, const char *root, FILE *report,
		struct error *error);

/* Groups, users, ssh keys, directories, files, links, units below root. */
int files_apply(const struct ign_config *config, const char *root, struct fetcher *fetcher,
		struct error *error);

/* What the stages would do, a line a step, for a person: reads the system, writes nothing. */
int disks_print(const struct ign_config *config, FILE *out, struct error *error);
int files_print(const struct ign_config *config, const char *root, FILE *out, struct error *error);
