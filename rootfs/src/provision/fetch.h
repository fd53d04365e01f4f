// SPDX-License-Identifier: Apache-2.0
/*
 * The bytes that a resource of an Ignition config names: from a data:, http(s): or tftp: URL, retried
 * as the spec says, decompressed, verified. fetch_curl.c does it on the target; fetch_none.c, for tools
 * that reach no network, knows data: only.
 */
#pragma once
#include "lib/error.h"
#include "lib/ignition/config.h"

struct fetcher;

/* With the settings of an empty config. The caller frees it. */
int fetcher_new(struct fetcher **ret, struct error *error);

/* Takes over timeouts, proxy and certificate authorities from a config (which are fetched with the
 * settings before); as spec 3.x, section ignition. The config must outlive the fetcher. */
int fetcher_configure(struct fetcher *fetcher, const struct ign_ignition *settings,
		      struct error *error);

void fetcher_free(struct fetcher *fetcher);

/* Into new memory, at most max_bytes after decompression (-EFBIG); the caller frees it, a terminator
 * stands behind it. -EBADMSG: the hash is another one. */
int fetch_to_memory(struct fetcher *fetcher, const struct ign_resource *resource, size_t max_bytes,
		    char **ret, size_t *ret_size, struct error *error);

/* Into fd, from where it stands. What was written before an error stays there: give a file that
 * nobody knows yet. Not synced. */
int fetch_to_file(struct fetcher *fetcher, const struct ign_resource *resource, int fd,
		  struct error *error);
