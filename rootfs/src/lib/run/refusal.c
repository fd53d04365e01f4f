// SPDX-License-Identifier: Apache-2.0
/* See refusal.h. */
#include "lib/run/refusal.h"
#include "lib/run/networks.h"
#include "lib/run/plan.h"
#include "lib/run/users.h"
#include "lib/run/volumes.h"
#include <errno.h>
#include <string.h>

static int network(const struct run_options *options, struct arena *arena, struct error *error)
{
	struct net_network network = run_network(options, arena);
	struct net_config config;
	unsigned wanted;

	return net_read_network(&network, arena, &config, &wanted, error);
}

static int pod(const struct run_options *options, struct arena *arena, struct error *error)
{
	enum run_network mode;

	(void)arena;
	return run_pod_network(options, &mode, error);
}

static int volume(const struct run_options *options, struct arena *arena, struct error *error)
{
	(void)arena;
	return run_volume_check(options, error);
}

static int security(const struct run_options *options, struct arena *arena, struct error *error)
{
	struct run_plan plan = { 0 };

	return run_plan_security(options, arena, &plan, error);
}

static int mounts(const struct run_options *options, struct arena *arena, struct error *error)
{
	struct run_mounts mounts;

	return run_mounts(options, NULL, arena, &mounts, error);
}

static int users(const struct run_options *options, struct arena *arena, struct error *error)
{
	struct users_choice choice;

	(void)arena;
	return users_choose(options, &choice, error);
}

static const struct {
	unsigned verbs;
	int (*look)(const struct run_options *options, struct arena *arena, struct error *error);
} looks[] = {
	{ RUN_CONTAINER | RUN_POD, mounts },
	{ RUN_CONTAINER | RUN_POD, users },
	{ RUN_CONTAINER, security },
	{ RUN_POD, pod },
	{ RUN_NETWORK, network },
	{ RUN_VOLUME, volume },
};

int run_refusal(enum run_verb verb, const char *word, const char *operand, struct arena *arena,
		struct error *error)
{
	char *const words[] = { arena_copy(arena, word, strlen(word)),
				arena_copy(arena, operand, strlen(operand)) };
	struct run_options options;
	int r = words[0] && words[1] ? run_options_parse(verb, words, 2, arena, &options, error)
				     : -ENOMEM;

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]) && r != -ENOMEM && r != -EOPNOTSUPP;
	     i++)
		if (looks[i].verbs & verb)
			r = looks[i].look(&options, arena, error);
	return r == -EOPNOTSUPP ? r : 0;
}
