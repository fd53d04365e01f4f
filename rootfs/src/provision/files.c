// SPDX-License-Identifier: Apache-2.0
#include "provision/stages.h"
int files_check(const struct ign_config *config, const char *root, FILE *report, struct error *error)
{ (void)config; (void)root; (void)report; (void)error; return 0; }
int files_apply(const struct ign_config *config, const char *root, struct fetcher *fetcher, struct error *error)
{ (void)config; (void)root; (void)fetcher; (void)error; return 0; }
int files_print(const struct ign_config *config, const char *root, FILE *out, struct error *error)
{ (void)config; (void)root; (void)out; (void)error; return 0; }
