// SPDX-License-Identifier: Apache-2.0
/*
 * Tar archives, as they are or compressed by gzip or zstd, into an empty folder. Whoever made the
 * archive is not trusted: every path is resolved below the folder by the kernel, nothing is written
 * through a link, and there are limits to all that it can ask for.
 */
#pragma once
#include "lib/error.h"
#include "lib/oci/digest.h"
#include "lib/oci/filesums.h"
#include <stdbool.h>
#include <stdint.h>

struct extract_limits {
	uint64_t bytes; /* of the archive once decompressed, and of all its files as they show */
	uint64_t entries;
};

extern const struct extract_limits extract_limits;

struct extract {
	int archive; /* a file, read from its beginning */
	int folder;  /* where it goes */
	bool layer;  /* whiteouts become overlayfs' own; owners and modes are kept */
	const struct extract_limits *limits;
	struct filesums *sums;          /* gets those of the files that were written; or NULL */
	char diff_id[OCI_DIGEST_BYTES]; /* what came out: of the decompressed bytes */
};

/* -EBADMSG: the archive is damaged or means harm; -EFBIG: over a limit. What was unpacked before an
 * error stays. Not synced. */
int extract(struct extract *extract, struct error *error);
