// SPDX-License-Identifier: Apache-2.0
/* The verb volume's options. */
#pragma once
#include "lib/run/options.h"

/* Whether there is such a driver, with such options. -EOPNOTSUPP. */
int run_volume_check(const struct run_options *options, struct error *error);
