// SPDX-License-Identifier: Apache-2.0
#include "lib/run/plan.h"
#include "lib/run/state.h"
#include <stdint.h>
#include <stdlib.h>

/* An image's configuration, with a plan made of it; and the same bytes as a state of ours, which
 * reads back as it was written. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct run_options options = { .name = "c", .operand = "i" };
	struct run_plan plan = { .machine = "x86_64", .rootfs = "/r", .identity.home = "/" };
	struct json_writer writer = { 0 };
	struct run_image image;
	struct run_state state, again;
	struct health_state health;

	if (run_image_parse((const char *)bytes, size, &arena, &image, NULL) == 0 &&
	    run_plan(&options, &image, &arena, &plan, NULL) == 0)
		run_config(&plan, &writer, NULL);
	writer.used = 0;
	run_health_parse((const char *)bytes, size, &health, NULL);
	if (run_state_parse((const char *)bytes, size, &arena, &state, NULL) == 0) {
		run_state_put(&writer, &state);
		if (run_state_parse(writer.text, writer.used, &arena, &again, NULL) < 0 ||
		    again.pid != state.pid || again.labels.count != state.labels.count)
			__builtin_trap();
	}
	free(writer.text);
	arena_free(&arena);
	return 0;
}
