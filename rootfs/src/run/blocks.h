// SPDX-License-Identifier: Apache-2.0
/* Blocks of ids for user namespaces that nobody has chosen ids for. */
#pragma once
#include "lib/error.h"
#include "run/places.h"
#include <stdint.h>

/* A block for an owner ("container:NAME", "pod:NAME"): the first free one from that of the owner's
 * name on. It is taken by a link ROOT/run/keelson/users/NUMBER to the owner, until blocks_release:
 * a crash leaves it, and the owner's next start takes it again. One whose ids a process has is not
 * free, whoever has given them to it. *ret: ids begin at this times USERS_BLOCK. */
int blocks_take(const struct places *places, const char *owner, uint32_t *ret, struct error *error);
void blocks_release(const struct places *places, const char *owner);
