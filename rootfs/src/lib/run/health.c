// SPDX-License-Identifier: Apache-2.0
/* See health.h. */
#include "lib/run/health.h"
#include "lib/run/amounts.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define INTERVAL_MS 30000
#define RETRIES 3

/* A JSON array is the program and its arguments, any other text is the shell's. */
static int read_command(const char *text, struct arena *arena, struct words *ret,
			struct error *error)
{
	struct words words = { 0 };
	int r;

	if (strcmp(text, "none") == 0 || text[0] == '\0')
		return 0;
	if (text[0] != '[') {
		words_add(ret, arena, "/bin/sh");
		words_add(ret, arena, "-c");
		words_add(ret, arena, text);
		return 0;
	}
	r = run_words_parse(text, arena, &words, error);
	for (size_t i = 0; r == 0 && i < words.count; i++)
		if (i > 0 || !text_is_one_of("CMD CMD-SHELL", words.at[0]))
			words_add(ret, arena, words.at[i]);
	return r;
}

static void of_image(const struct run_image *image, struct arena *arena, struct health_check *ret)
{
	const struct words *test = &image->health;
	bool shell = test->count > 1 && strcmp(test->at[0], "CMD-SHELL") == 0;

	if (test->count < 2 || strcmp(test->at[0], "NONE") == 0)
		return;
	if (shell) {
		words_add(&ret->command, arena, "/bin/sh");
		words_add(&ret->command, arena, "-c");
	}
	for (size_t i = 1; i < test->count; i++)
		words_add(&ret->command, arena, test->at[i]);
	if (image->health_interval_ms > 0)
		ret->interval_ms = (uint64_t)image->health_interval_ms;
	if (image->health_timeout_ms > 0)
		ret->timeout_ms = (uint64_t)image->health_timeout_ms;
	ret->start_period_ms = (uint64_t)image->health_start_period_ms;
	if (image->health_retries > 0 && image->health_retries < 1000)
		ret->retries = (unsigned)image->health_retries;
}

static int duration(const char *option, const char *text, uint64_t *ret, struct error *error)
{
	if (!text || strcmp(text, "disable") == 0)
		return 0;
	if (amount_duration(text, ret) < 0)
		return error_set(error, -EINVAL, "--%s=%s is no duration: 30s, 1m30s", option,
				 text);
	return 0;
}

static int count(const char *option, const char *text, unsigned *ret, struct error *error)
{
	uint64_t value;

	if (!text)
		return 0;
	if (text_to_number(text, 100000, &value) < 0)
		return error_set(error, -EINVAL, "--%s=%s is no number", option, text);
	*ret = (unsigned)value;
	return 0;
}

static enum health_action action_of(const char *text)
{
	return !text                          ? HEALTH_NOTHING
	       : strcmp(text, "kill") == 0    ? HEALTH_KILL
	       : strcmp(text, "restart") == 0 ? HEALTH_RESTART
	       : strcmp(text, "stop") == 0    ? HEALTH_STOP
					      : HEALTH_NOTHING;
}

static int read_times(const struct run_options *options, struct health_check *ret,
		      struct error *error)
{
	const struct {
		const char *option, *text;
		uint64_t *ms;
	} rows[] = {
		{ "health-interval", options->health_interval, &ret->interval_ms },
		{ "health-timeout", options->health_timeout, &ret->timeout_ms },
		{ "health-start-period", options->health_start_period, &ret->start_period_ms },
		{ "health-startup-interval", options->startup_interval, &ret->startup_interval_ms },
		{ "health-startup-timeout", options->startup_timeout, &ret->startup_timeout_ms },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
		r = duration(rows[i].option, rows[i].text, rows[i].ms, error);
	if (r == 0)
		r = count("health-retries", options->health_retries, &ret->retries, error);
	if (r == 0)
		r = count("health-startup-retries", options->startup_retries, &ret->startup_retries,
			  error);
	if (r == 0)
		r = count("health-startup-success", options->startup_success,
			  &ret->startup_successes, error);
	return r;
}

int health_check(const struct run_options *options, const struct run_image *image,
		 struct arena *arena, struct health_check *ret, struct error *error)
{
	int r = 0;

	*ret = (struct health_check){ .interval_ms = INTERVAL_MS,
				      .timeout_ms = INTERVAL_MS,
				      .retries = RETRIES,
				      .action = action_of(options->health_on_failure),
				      .startup_interval_ms = INTERVAL_MS,
				      .startup_timeout_ms = INTERVAL_MS };
	if (options->health_command)
		r = read_command(options->health_command, arena, &ret->command, error);
	else if (image)
		of_image(image, arena, ret);
	if (r == 0 && options->startup_command)
		r = read_command(options->startup_command, arena, &ret->startup, error);
	if (r < 0)
		return error_wrap(error, "--health-cmd");
	if (ret->startup.count > 0 && ret->command.count == 0)
		return error_set(error, -EINVAL, "--health-startup-cmd needs --health-cmd");
	return read_times(options, ret, error);
}

const char *health_status_name(enum health_status status)
{
	static const char *const names[] = { "starting", "healthy", "unhealthy" };

	return names[status];
}

/* Until it has succeeded often enough, what fails is not the container's fault. */
static struct health_state startup_next(const struct health_check *check, struct health_state state,
					bool good, bool *ret_act)
{
	state.successes = good ? state.successes + 1 : 0;
	state.failures = good ? 0 : state.failures + 1;
	if (good && state.successes >= check->startup_successes) {
		state.started = true;
		state.failures = 0;
	}
	if (!good && check->startup_retries > 0 && state.failures >= check->startup_retries) {
		*ret_act = state.status != HEALTH_UNHEALTHY;
		state.status = HEALTH_UNHEALTHY;
	}
	return state;
}

struct health_state health_next(const struct health_check *check, struct health_state state,
				bool good, uint64_t ago_ms, bool *ret_act)
{
	*ret_act = false;
	if (check->startup.count > 0 && !state.started)
		return startup_next(check, state, good, ret_act);
	if (good) {
		state.status = HEALTH_HEALTHY;
		state.failures = 0;
		return state;
	}
	if (state.status == HEALTH_STARTING && ago_ms < check->start_period_ms)
		return state;
	if (state.failures < UINT32_MAX)
		state.failures++;
	if (state.failures >= (check->retries > 0 ? check->retries : 1) &&
	    state.status != HEALTH_UNHEALTHY) {
		state.status = HEALTH_UNHEALTHY;
		*ret_act = true;
	}
	return state;
}
