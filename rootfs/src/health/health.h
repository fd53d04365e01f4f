// SPDX-License-Identifier: Apache-2.0
/* The checks that keelson-health runs. Each returns 0, or a negative errno with the reason. */
#pragma once
#include "lib/error.h"
#include "lib/health.h"

/* network.c: waits until the links are as the settings want them, or their time is over. */
int check_network(const struct health_config *config, struct error *error);
