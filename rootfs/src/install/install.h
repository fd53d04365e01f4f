// SPDX-License-Identifier: Apache-2.0
/* The installation itself, in the order that a power cut allows at any point; see install.c. */
#pragma once
#include "install/firstconfig.h"
#include "install/target.h"
#include "install/trust.h"

struct fetcher;

/* What has to be right before a byte is written. Starts as zeros but for target.fd (-1). */
struct install {
	const char *image; /* URL or path */
	struct fetcher *fetcher;
	struct target target;
	struct trust *trust;
	struct firstconfig config;
};

/* Everything that can be refused without looking at the image: the disk, by its kernel name, its
 * contents unless wipe allows to lose them (-EEXIST), certificate, config (NULL: none), and the
 * image's signature, as far as it is one. Writes to no disk. */
struct install_wishes {
	const char *disk, *image, *config, *certificate;
	bool wipe;
};
int install_prepare(const struct install_wishes *wishes, struct fetcher *fetcher,
		    struct install *ret, struct error *error);

/* Writes. After an error the disk does not start; begin again with install_prepare. */
int install_run(struct install *install, struct error *error);

void install_end(struct install *install);
