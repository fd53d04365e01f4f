// SPDX-License-Identifier: Apache-2.0
/* Capabilities (capabilities(7)) by name, as a set of bits in the kernel's numbering. */
#pragma once
#include "lib/error.h"
#include "lib/words.h"
#include <stdbool.h>
#include <stdint.h>

#define CAPABILITIES 41
extern const char *const capability_names[CAPABILITIES]; /* "CAP_CHOWN" */

/* What a container has unless told otherwise: podman's list. */
extern const uint64_t capabilities_default;
#define CAPABILITIES_ALL ((UINT64_C(1) << CAPABILITIES) - 1)

/* Names in either case, with or without CAP_; "all". */
int capabilities_parse(const struct words *names, uint64_t *ret, struct error *error);

/* start, without what is dropped, with what is added; all dropped goes first, all added last but
 * for what is dropped by its name. */
int capabilities_change(uint64_t start, const struct words *add, const struct words *drop,
			uint64_t *ret, struct error *error);

bool capabilities_have(uint64_t set, const char *name);
