// SPDX-License-Identifier: Apache-2.0
/* Reports on configs, for people. */
#pragma once
#include "lib/ignition/report.h"
#include <stdio.h>

/* "SOURCE: error at $.storage.files.0.path, line 7 col 12: path not absolute" for each entry, and
 * how many more there were. */
void report_print(FILE *out, const char *source, const struct ign_report *report);
