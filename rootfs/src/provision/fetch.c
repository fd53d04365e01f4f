// SPDX-License-Identifier: Apache-2.0
#include "provision/fetch.h"
#include <errno.h>
#include <stdlib.h>
int fetcher_new(struct fetcher **ret, struct error *error) { (void)error; *ret = NULL; return 0; }
int fetcher_configure(struct fetcher *fetcher, const struct ign_ignition *settings, struct error *error)
{ (void)fetcher; (void)settings; (void)error; return 0; }
void fetcher_free(struct fetcher *fetcher) { (void)fetcher; }
int fetch_to_memory(struct fetcher *fetcher, const struct ign_resource *resource, size_t max_bytes,
		    char **ret, size_t *ret_size, struct error *error)
{ (void)fetcher; (void)resource; (void)max_bytes; (void)ret; (void)ret_size; return error_set(error, -ENOSYS, "fetch"); }
int fetch_to_file(struct fetcher *fetcher, const struct ign_resource *resource, int fd, struct error *error)
{ (void)fetcher; (void)resource; (void)fd; return error_set(error, -ENOSYS, "fetch"); }
