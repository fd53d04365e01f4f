// SPDX-License-Identifier: Apache-2.0
#include "provision/acquire.h"
#include "os/file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
int acquire_file(const char *path, struct fetcher *fetcher, FILE *report, struct acquired *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = file_read_bytes(path, IGN_BYTES_MAX + 1, &text, &size, error);
	(void)fetcher; (void)report;
	if (r < 0) return r;
	ret->configs = calloc(1, sizeof(*ret->configs));
	ret->count = 1; ret->found = true;
	r = ign_parse(text, size, true, ret->configs);
	return r < 0 ? error_set(error, r, "not valid") : 0;
}
int acquire_platform(struct fetcher *fetcher, FILE *report, struct acquired *ret, struct error *error)
{ (void)fetcher; (void)report; (void)ret; return error_set(error, -ENOSYS, "platform"); }
const struct ign_config *acquired_config(const struct acquired *acquired)
{ return acquired->found ? &acquired->configs[acquired->count - 1].config : NULL; }
void acquired_free(struct acquired *acquired)
{ for (size_t i = 0; i < acquired->count; i++) ign_free(&acquired->configs[i]); free(acquired->configs); }
