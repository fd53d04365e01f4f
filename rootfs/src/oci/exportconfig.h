// SPDX-License-Identifier: Apache-2.0
/* An image's configuration as a config.json of the OCI runtime spec, by the rules of the image
 * spec's conversion.md: made by what keelson-run makes its own of (lib/run/plan.h). */
#pragma once
#include "lib/arena.h"
#include "lib/jsonwriter.h"
#include "oci/hold.h"
#include "os/tree.h"

/* root: the image's tree, which says who its user is. The caller frees writer's text. */
int export_config(const struct hold *hold, const struct tree *root, struct arena *arena,
		  struct json_writer *writer, struct error *error);
