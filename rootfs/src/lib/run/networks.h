// SPDX-License-Identifier: Apache-2.0
/* The verb network's options as lib/net has them. */
#pragma once
#include "lib/net/options.h"
#include "lib/run/options.h"

/* Texts stay the caller's, lists are the arena's. */
struct net_network run_network(const struct run_options *options, struct arena *arena);

/* With NULL behind the last one. */
net_texts run_texts(const struct words *words, struct arena *arena);
