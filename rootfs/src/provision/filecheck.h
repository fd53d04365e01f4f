// SPDX-License-Identifier: Apache-2.0
/* What can be known to go wrong before the files stage writes a byte. */
#pragma once
#include "provision/filestage.h"

/* Every place is one that keeps what is written, owners exist, nothing stands in the way, units
 * have names, the kernel has its arguments. Writes nothing. */
int files_find_problems(const struct file_stage *stage, const struct file_plan *plan,
			struct problems *problems, struct error *error);
