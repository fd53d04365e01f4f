// SPDX-License-Identifier: Apache-2.0
#include "lib/modules.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The first line is the device or the module, the rest the list. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = calloc(1, size + 2), *list = text + size;
	struct module_names names;
	struct module_paths paths;

	memcpy(text, bytes, size);
	if (memchr(text, '\n', size))
		list = strchr(text, '\n') ? strchr(text, '\n') + 1 : list;
	if (list > text && list[-1] == '\n')
		list[-1] = '\0';
	modules_for_device(list, text, &names);
	if (names.count > MODULES_PER_DEVICE_MAX)
		__builtin_trap();
	if (modules_load_order(list, text, &paths) == 0 &&
	    (paths.count == 0 || paths.count > MODULE_DEPENDS_MAX + 1))
		__builtin_trap();
	free(text);
	return 0;
}
