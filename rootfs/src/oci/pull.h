// SPDX-License-Identifier: Apache-2.0
/* A registry as a source: blobs come into the store's tmp/, where a later try finds what there is
 * of them. */
#pragma once
#include "oci/registry.h"
#include "oci/source.h"
#include <stdatomic.h>

struct pull {
	struct registry registry;
	struct store *store;
	_Atomic uint64_t fetched_bytes; /* of layers, for those who watch */
};

struct source pull_source(struct pull *pull);
