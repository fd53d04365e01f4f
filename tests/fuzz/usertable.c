// SPDX-License-Identifier: Apache-2.0
#include "lib/usertable.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What was written reads as what was read. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct user_table table, again;
	unsigned fields = size > 0 ? 1 + bytes[0] % USERTABLE_FIELDS_MAX : 4;
	char *text = NULL, *second = NULL;

	if (user_table_parse((const char *)bytes, size, fields, &arena, &table) == 0 &&
	    user_table_format(&table, &text) == 0) {
		if (user_table_parse(text, strlen(text), fields, &arena, &again) < 0 ||
		    again.count != table.count || user_table_format(&again, &second) < 0 ||
		    strcmp(text, second) != 0)
			__builtin_trap();
		for (size_t i = 0; fields > GROUP_MEMBERS && i < table.count; i++)
			if (table.rows[i].fields[0])
				user_table_remove_member(&table, &table.rows[i], GROUP_MEMBERS,
							 "a");
	}
	free(text);
	free(second);
	arena_free(&arena);
	return 0;
}
