// SPDX-License-Identifier: Apache-2.0
#include "lib/json.h"
#include "lib/overview/machine.h"
#include "lib/overview/origin.h"
#include "lib/toolbox.h"
#include <stdlib.h>

/* Whatever the parts of a machine say, the document is JSON and nothing unprintable is shown; a
 * unit that a cgroup is of has a unit's name. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct json_writer document = { 0 }, screen = { 0 };
	struct overview_machine machine = { 0 };
	char *text = arena_copy(&arena, (const char *)bytes, size);
	const char *unit = origin_unit(text, &arena), *image = NULL;
	struct json json;

	for (int i = 0; i < SOURCES; i++)
		overview_set_part(&machine.parts[i], text, size, &arena);
	overview_put_machine(&document, &machine, &arena);
	overview_print_machine(&screen, &machine, &arena);
	if (json_parse(document.text, document.used, 1000000, &json, NULL) == 0)
		json_free(&json);
	else if (machine.parts[0].text)
		__builtin_trap();
	for (size_t i = 0; i < screen.used; i++)
		if (screen.text[i] != '\n' && (screen.text[i] < ' ' || screen.text[i] > '~'))
			__builtin_trap();
	if ((unit && !origin_is_unit(unit)) ||
	    (toolbox_conf_parse(text, &arena, &image, NULL) == 0 && image && image[0] == '-'))
		__builtin_trap();
	free(document.text);
	free(screen.text);
	arena_free(&arena);
	return 0;
}
