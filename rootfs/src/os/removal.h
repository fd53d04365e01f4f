// SPDX-License-Identifier: Apache-2.0
/* Removing a folder that somebody hostile has filled. */
#pragma once
#include "lib/error.h"

/* Removes what is at path with all below it. Links are not followed; of folders in folders there
 * may be any number, and three descriptors are open at a time: what lies deep is brought up by
 * rename. Nothing there is fine; -EBUSY: something is mounted there. A crash leaves a part, which
 * is removed by the next try. */
int removal_of(const char *path, struct error *error);
