// SPDX-License-Identifier: Apache-2.0
/* The disks of this machine, as far as a system could be installed on them. Reads only. */
#pragma once
#include "lib/disklist.h"

/* Whole disks, in the order of their names. Left out is what no firmware starts from: partitions,
 * volumes, arrays, memory, optical drives, read-only loop devices. */
int disks_list(struct disklist *ret, struct error *error);

/* 0, or -EBUSY with the reason: the running system started from it, it or a partition of it is
 * mounted, swapped to, or part of another device. */
int disks_check_unused(const char *name, struct error *error);

/* Whether its first or last MiB has other bytes than zeros. */
int disks_holds(const char *name, uint64_t size_bytes, bool *ret, struct error *error);

/* For people, or as JSON: one array of objects. */
void disks_print(const struct disklist *list);
void disks_print_json(const struct disklist *list);
