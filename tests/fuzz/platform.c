// SPDX-License-Identifier: Apache-2.0
/* What a hypervisor or a medium says: SMBIOS strings and labels; results lie within the input. */
#include "lib/fslabel.h"
#include "lib/smbios.h"
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *raw = (const char *)bytes, *value = raw;
	struct fslabel label = { 0 };
	size_t length = 0;

	if (smbios_oem_string(raw, size, "k=", &value, &length) == 0 &&
	    (value < raw || length > size || (size_t)(value - raw) + length >= size))
		__builtin_trap();
	if (fslabel_read(raw, size, &label) == 0 && (!label.type || strlen(label.label) > 32))
		__builtin_trap();
	return 0;
}
