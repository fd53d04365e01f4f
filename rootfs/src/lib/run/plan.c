// SPDX-License-Identifier: Apache-2.0
/* The plan's small values, and its parts in their order. See plan.h. */
#include "lib/run/plan.h"
#include "lib/path.h"
#include "lib/run/amounts.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define SHM_BYTES (64 << 20)  /* podman's */
#define HOSTNAME_BYTES_MAX 64 /* uname(2) */

static int set_umask(const char *text, struct run_plan *plan, struct error *error)
{
	if (!*text || strlen(text) > 4 || text[strspn(text, "01234567")] != '\0')
		return error_set(error, -EINVAL, "--umask=%s is no octal number", text);
	plan->umask_given = true;
	for (; *text; text++)
		plan->umask = plan->umask * 8 + (unsigned)(*text - '0');
	return 0;
}

static int set_oom(const char *text, struct run_plan *plan, struct error *error)
{
	uint64_t value;

	if (text_to_number(text + (*text == '-'), 1000, &value) < 0)
		return error_set(error, -EINVAL, "--oom-score-adj=%s is none of -1000 to 1000",
				 text);
	plan->oom_given = true;
	plan->oom_score_adj = *text == '-' ? -(int)value : (int)value;
	return 0;
}

static int set_hostname(const struct run_options *options, struct arena *arena,
			struct run_plan *plan, struct error *error)
{
	const char *name = options->hostname ? options->hostname : options->name;
	size_t length = strlen(name);

	if (plan->spaces[RUN_NS_UTS].mode != RUN_SPACE_NEW)
		return options->hostname
			       ? error_set(error, -EINVAL, "--hostname needs a --uts of its own")
			       : 0;
	if (options->hostname && length > HOSTNAME_BYTES_MAX)
		return error_set(error, -EINVAL, "--hostname=%s is longer than %d", name,
				 HOSTNAME_BYTES_MAX);
	plan->hostname =
		arena_copy(arena, name, length < HOSTNAME_BYTES_MAX ? length : HOSTNAME_BYTES_MAX);
	return 0;
}

static int set_workdir(const struct run_options *options, const struct run_image *image,
		       struct arena *arena, struct run_plan *plan, struct error *error)
{
	const char *workdir = options->workdir          ? options->workdir
			      : image && image->workdir ? image->workdir
							: "/";
	char *clean = arena_get(arena, strlen(workdir) + 2, 1);

	if (workdir[0] != '/')
		return error_set(error, -EINVAL, "the working directory %s does not begin with /",
				 workdir);
	if (clean)
		path_clean(workdir, strlen(workdir), clean);
	plan->workdir = clean;
	return 0;
}

static int set_values(const struct run_options *options, const struct run_image *image,
		      struct arena *arena, struct run_plan *plan, struct error *error)
{
	int r = 0;

	plan->read_only = options->read_only;
	plan->ulimits = options->ulimits;
	plan->annotations = options->annotations;
	plan->shm_bytes = SHM_BYTES;
	if (options->shm_size && amount_size(options->shm_size, &plan->shm_bytes) < 0)
		r = error_set(error, -EINVAL, "--shm-size=%s is no size", options->shm_size);
	if (r == 0 && options->umask)
		r = set_umask(options->umask, plan, error);
	if (r == 0 && options->oom_score_adj)
		r = set_oom(options->oom_score_adj, plan, error);
	if (r == 0)
		r = set_hostname(options, arena, plan, error);
	return r < 0 ? r : set_workdir(options, image, arena, plan, error);
}

int run_plan(const struct run_options *options, const struct run_image *image, struct arena *arena,
	     struct run_plan *ret, struct error *error)
{
	int r = run_plan_spaces(options, ret, error);

	if (r == 0)
		r = run_plan_args(options, image, arena, &ret->args, error);
	if (r == 0)
		r = set_values(options, image, arena, ret, error);
	if (r == 0)
		r = run_plan_security(options, arena, ret, error);
	if (r == 0)
		r = run_mounts(options, image, arena, &ret->mounts, error);
	if (r == 0 && arena->exhausted)
		r = error_set(error, -ENOMEM, "out of memory");
	return r;
}
