// SPDX-License-Identifier: Apache-2.0
/*
 * The list of system calls that containers may make, as a member of config.json's "linux" (OCI
 * runtime spec 1.2, config-linux.md). Ours: what programs need and the kernel checks by itself is
 * allowed, what reaches into the machine asks for the capability that it is about. What is known
 * and not allowed fails with EPERM, what the list does not know with ENOSYS, so that C libraries
 * take their older ways.
 */
#pragma once
#include "lib/error.h"
#include "lib/jsonwriter.h"
#include <stdint.h>

/* Members "seccomp" for who has these capabilities. machine: as uname(2) has it; -EOPNOTSUPP: one
 * that is not known, as a list for another one would be none. */
int seccomp_put(struct json_writer *writer, const char *machine, uint64_t capabilities,
		struct error *error);
