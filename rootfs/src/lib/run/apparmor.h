// SPDX-License-Identifier: Apache-2.0
/* Profiles of AppArmor. They are loaded by whoever has them; nothing here does. */
#pragma once
#include "lib/error.h"

#define APPARMOR_PROFILES "/sys/kernel/security/apparmor/profiles"
#define APPARMOR_PROFILES_BYTES_MAX (4 << 20)

/* Whether a profile is in the kernel's list, a line each: "NAME (MODE)". -ENOENT. The runtime takes
 * a container whose profile is not there for one of which none was asked. */
int apparmor_check(const char *profiles, const char *name, struct error *error);
