// SPDX-License-Identifier: Apache-2.0
/* The strings that a machine's maker or its hypervisor puts into SMBIOS structures of type 11, "OEM
 * Strings" (DMTF DSP0134, sections 6.1.3 and 7.12), as Linux shows them in
 * /sys/firmware/dmi/entries/11-N/raw. */
#pragma once
#include <stddef.h>

/* The first string that starts with prefix: *ret is what follows it, within raw, *ret_size long.
 * Returns 0, -ENOENT, or -EBADMSG for what is no such structure. */
int smbios_oem_string(const char *raw, size_t size, const char *prefix, const char **ret,
		      size_t *ret_size);
