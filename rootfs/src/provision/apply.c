// SPDX-License-Identifier: Apache-2.0
/* The order of the stages; see apply.h. */
#include "provision/apply.h"
#include "provision/stages.h"

static int print_plan(const struct ign_config *config, const char *root, FILE *out,
		      struct error *error)
{
	int r = disks_print(config, out, error);

	return r < 0 ? r : files_print(config, root, out, error);
}

/* What was mounted is unmounted whatever happens: the first error is the one that counts. */
static int fill(const struct ign_config *config, const char *root, struct fetcher *fetcher,
		struct error *error)
{
	struct error later = { 0 };
	int r = disks_mount(config, root, error);
	int s;

	if (r == 0)
		r = files_apply(config, root, fetcher, error);
	s = disks_umount(config, root, r < 0 ? &later : error);
	return r < 0 ? r : s;
}

int apply(const struct ign_config *config, const struct apply_options *options,
	  struct fetcher *fetcher, FILE *report, struct error *error)
{
	int r = files_check(config, options->root, report, error);

	if (r < 0)
		return r;
	if (options->dry_run)
		return print_plan(config, options->root, report, error);
	r = disks_apply(config, fetcher, error);
	if (r == 0)
		r = fill(config, options->root, fetcher, error);
	return r < 0 ? r : disks_finish(config, error);
}
