// SPDX-License-Identifier: Apache-2.0
/* Copying a tree that nobody trusts into a folder that nobody else changes meanwhile. */
#pragma once
#include "lib/error.h"
#include <sys/types.h>

/* Copies what is in folder from, but not what is mounted there, into folder to: owners, modes,
 * times, extended attributes; links as they are, device files and pipes too. Both descriptors stay
 * the caller's. -ELOOP: folders are deeper than 512. Not synced. */
int treecopy(int from, int to, struct error *error);

/* The folder itself: owner, mode, times. */
int treecopy_attributes(int from, int to, struct error *error);

/* Gives a folder and all in it to an owner; links themselves, never what they lead to. */
int treecopy_chown(int folder, uid_t uid, gid_t gid, struct error *error);
