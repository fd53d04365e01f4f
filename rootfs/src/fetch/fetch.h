// SPDX-License-Identifier: Apache-2.0
/*
 * The bytes that a resource of an Ignition config names: from a data:, http(s): or tftp: URL,
 * retried as the spec says, decompressed, verified. What goes over a network is behind transport.h,
 * which a tool for the build machine has nothing behind: it knows data: only.
 */
#pragma once
#include "lib/error.h"
#include "lib/ignition/config.h"

struct fetcher;

/* With the settings of an empty config. The caller frees it. */
int fetcher_new(struct fetcher **ret, struct error *error);

/* Gets a line for each try that failed and is repeated; without it they go to the kernel's log. */
typedef void fetch_log(void *context, const char *line);
void fetcher_log_to(struct fetcher *fetcher, fetch_log *log, void *context);

/* How long to wait after the first try that failed; DOWNLOAD_FIRST_WAIT_MS, unless a test has no
 * time. */
void fetcher_wait_first(struct fetcher *fetcher, unsigned wait_ms);

/* Takes over timeouts, proxy and certificate authorities from a config; as spec 3.x, section
 * ignition. Authorities are fetched with the timeouts and the proxy of this config and the
 * authorities of the one before; a config without any leaves those. Copies what it needs. */
int fetcher_configure(struct fetcher *fetcher, const struct ign_ignition *settings,
		      struct error *error);

/* Also for a fetcher that could not be made. */
void fetcher_free(struct fetcher *fetcher);

/* Into new memory, at most max_bytes after decompression (-EFBIG); the caller frees it, a
 * terminator stands behind it. A hash is that of the bytes after decompression, as in the reference
 * implementation. -EBADMSG: it is another one, or what should be compressed is not; -ENOENT: the
 * server has no such resource; -EREMOTEIO: it refuses it; -ETIMEDOUT; -EPROTONOSUPPORT: no scheme
 * that is known here. An empty source is an empty resource. */
int fetch_to_memory(struct fetcher *fetcher, const struct ign_resource *resource, size_t max_bytes,
		    char **ret, size_t *ret_size, struct error *error);

/* The same of the answer to another HTTP method than GET, as metadata services want it. */
int fetch_answer(struct fetcher *fetcher, const char *method, const struct ign_resource *resource,
		 size_t max_bytes, char **ret, size_t *ret_size, struct error *error);

/* Into fd, from where it stands. What was written before an error stays there: give a file that
 * nobody knows yet. Not synced. */
int fetch_to_file(struct fetcher *fetcher, const struct ign_resource *resource, int fd,
		  struct error *error);
