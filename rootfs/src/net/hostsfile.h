// SPDX-License-Identifier: Apache-2.0
/* Hosts files of containers. They are bind mounts, so the inode has to stay; and containers write
 * to them too, so what stands there is read as anybody's. */
#pragma once
#include "lib/error.h"
#include "lib/net/model.h"

/* Makes the file hold text. A reader sees the old text or the new one with empty lines behind it; a
 * crash may leave the empty lines, or a part of the text in a container that is about to start. */
int hostsfile_write(const char *path, const char *text, struct error *error);

/* Brings the names of other members up to date in a file that is there. */
void hostsfile_refresh(const struct net_record *member, const struct net_state *state);
