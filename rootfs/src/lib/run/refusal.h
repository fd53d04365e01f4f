// SPDX-License-Identifier: Apache-2.0
/* What keelson-run refuses on every machine, for who is to say so before it is called. */
#pragma once
#include "lib/run/options.h"

/* Whether a word of a command line, --NAME or --NAME=VALUE, is refused whatever else stands there.
 * operand: the image or name that the line ends with. -EOPNOTSUPP with the reason, or 0: also for
 * what may be wrong in another way, as the rest of the line and of the machine is not known. */
int run_refusal(enum run_verb verb, const char *word, const char *operand, struct arena *arena,
		struct error *error);
