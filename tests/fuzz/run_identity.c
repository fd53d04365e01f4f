// SPDX-License-Identifier: Apache-2.0
#include "lib/run/identity.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A user, passwd and group with zero bytes between. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct run_identity identity;
	struct words more = { 0 };
	char *text = arena_copy(&arena, (const char *)bytes, size);
	size_t user = strlen(text), passwd = 0;
	struct run_file files[2] = { 0 };

	if (user < size)
		passwd = strlen(text + user + 1);
	files[0] = (struct run_file){ user < size ? text + user + 1 : NULL, passwd };
	if (user + passwd + 1 < size)
		files[1] = (struct run_file){ text + user + passwd + 2, size - user - passwd - 2 };
	words_add(&more, &arena, "extra");
	if (run_identity(text, &more, &files[0], &files[1], &arena, &identity, NULL) == 0 &&
	    (identity.uid > INT32_MAX || identity.gid == UINT32_MAX || identity.home[0] != '/'))
		__builtin_trap();
	arena_free(&arena);
	return 0;
}
