// SPDX-License-Identifier: Apache-2.0
#include "provision/stages.h"
int disks_apply(const struct ign_config *config, struct fetcher *fetcher, struct error *error)
{ (void)config; (void)fetcher; (void)error; return 0; }
int disks_mount(const struct ign_config *config, const char *root, struct error *error)
{ (void)config; (void)root; (void)error; return 0; }
int disks_umount(const struct ign_config *config, const char *root, struct error *error)
{ (void)config; (void)root; (void)error; return 0; }
int disks_print(const struct ign_config *config, FILE *out, struct error *error)
{ (void)config; (void)out; (void)error; return 0; }
