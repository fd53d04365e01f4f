// SPDX-License-Identifier: Apache-2.0
/* Which of an index's images runs here (OCI image spec 1.1, image-index.md, platform). */
#pragma once
#include "lib/error.h"
#include <stddef.h>

struct oci_platform {
	char os[32], architecture[32], variant[16];
};

/* From OS/ARCHITECTURE[/VARIANT], as other tools write it. Returns 0 or -EINVAL. */
int oci_platform_parse(const char *text, struct oci_platform *ret, struct error *error);

/* Other names for the same, as uname and other tools have them: x86_64, aarch64, arm64/v8. */
void oci_platform_normalise(struct oci_platform *platform);

/* How well an image for one runs on the other: 0 not at all, else the higher the better. An
 * architecture's older variants run on the newer ones. Both are normalised. */
unsigned oci_platform_match(const struct oci_platform *image, const struct oci_platform *machine);
