// SPDX-License-Identifier: Apache-2.0
/* See networks.h. */
#include "lib/run/networks.h"
#include <string.h>

net_texts run_texts(const struct words *words, struct arena *arena)
{
	const char **texts = arena_get(arena, words->count + 1, sizeof(*texts));

	if (texts && words->count > 0)
		memcpy(texts, words->at, words->count * sizeof(*texts));
	return texts;
}

struct net_network run_network(const struct run_options *options, struct arena *arena)
{
	return (struct net_network){
		.name = options->operand,
		.driver = options->driver ? options->driver : "bridge",
		.interface_name = options->interface_name,
		.ipam_driver = options->ipam_driver,
		.internal = options->internal,
		.ipv6 = options->ipv6,
		.disable_dns = options->disable_dns,
		.subnets = run_texts(&options->subnets, arena),
		.gateways = run_texts(&options->gateways, arena),
		.ip_ranges = run_texts(&options->ranges, arena),
		.dns = run_texts(&options->dns, arena),
		.options = run_texts(&options->driver_options, arena),
		.labels = run_texts(&options->labels, arena),
	};
}
