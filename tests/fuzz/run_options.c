// SPDX-License-Identifier: Apache-2.0
#include "lib/json.h"
#include "lib/run/health.h"
#include "lib/run/plan.h"
#include "lib/run/users.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What becomes a config.json is JSON, whatever the options say. Words are lines. */
static void configure(const struct run_options *options, struct arena *arena)
{
	static const char *const environment[] = { "A=1", "B=2", NULL };
	struct run_plan plan = { .machine = "x86_64", .rootfs = "/r", .identity.home = "/" };
	struct json_writer writer = { 0 };
	struct json_problem problem;
	struct health_check health;
	struct words files = { 0 };
	struct json json;

	health_check(options, NULL, arena, &health, NULL);
	if (run_plan(options, NULL, arena, &plan, NULL) == 0 &&
	    run_plan_env(options, NULL, environment, &files, arena, &plan, NULL) == 0 &&
	    plan.filter != RUN_FILTER_FILE && run_config(&plan, &writer, NULL) == 0) {
		if (json_parse(writer.text, writer.used, 1 << 20, &json, &problem) < 0)
			__builtin_trap();
		json_free(&json);
	}
	free(writer.text);
}

/* A map that is taken is one that the kernel shows as it was given. */
static void map(const struct run_options *options)
{
	struct users_choice choice;
	struct users_map again;
	char text[USERS_TEXT_BYTES];

	if (users_choose(options, &choice, NULL) < 0)
		return;
	users_map_text(&choice.uids, text);
	if (users_map_parse(text, &again, NULL) < 0 || again.count != choice.uids.count ||
	    memcmp(again.at, choice.uids.at, again.count * sizeof(again.at[0])) != 0)
		__builtin_trap();
	if (choice.kind == USERS_AUTO &&
	    users_map_fill(&choice.uids, 1U << 20, choice.size, NULL) == 0 &&
	    (users_outside(&choice.uids, 0) == USERS_NOBODY ||
	     users_outside(&choice.uids, choice.size - 1) == USERS_NOBODY))
		__builtin_trap();
}

/* The text of a file, as lines "a:1000:10". */
static void named(const char *text)
{
	struct users_map map;
	uint64_t ids = 0;

	if (users_map_of_name(text, "a", &map, NULL) < 0)
		return;
	for (size_t i = 0; i < map.count; ids += map.at[i++].count)
		if (map.at[i].inside != ids)
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct run_options options;
	char *words[64], *text = arena_copy(&arena, (const char *)bytes, size);
	size_t count = 0;

	if (text)
		named(text);
	for (char *at = text; at && count < 64; count++) {
		words[count] = at;
		at = strchr(at, '\n');
		if (at)
			*at++ = '\0';
	}
	if (run_options_parse(RUN_CONTAINER, words, count, &arena, &options, NULL) == 0) {
		configure(&options, &arena);
		map(&options);
	}
	arena_free(&arena);
	return 0;
}
