// SPDX-License-Identifier: Apache-2.0
#include "lib/upcall.h"
#include <stdint.h>
#include <string.h>

/* Zero-separated arguments; nothing but the four programs may ever come out. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char text[512] = { 0 }, *argv[32];
	size_t used = size < sizeof(text) - 1 ? size : sizeof(text) - 1;
	struct upcall upcall;
	int argc = 0;

	memcpy(text, bytes, used);
	for (char *at = text; at < text + used && argc < 31; at += strlen(at) + 1)
		argv[argc++] = at;
	argv[argc] = NULL;
	if (upcall_decide(argc, argv, &upcall) == 0 && strncmp(upcall.path, "/usr/bin/", 9) != 0 &&
	    strcmp(upcall.path, "/usr/lib/systemd/systemd-coredump") != 0)
		__builtin_trap();
	return 0;
}
