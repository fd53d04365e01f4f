// SPDX-License-Identifier: Apache-2.0
/* See amounts.h. */
#include "lib/run/amounts.h"
#include "lib/text.h"
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define NUMBER_BYTES 24

/* The digits that a text begins with. */
static int leading(const char *text, uint64_t *ret, size_t *ret_length)
{
	char digits[NUMBER_BYTES];

	*ret_length = strspn(text, DIGITS);
	if (text_copy(digits, sizeof(digits), text, *ret_length) < 0)
		return -ERANGE;
	return text_to_number(digits, UINT64_MAX, ret);
}

int amount_size(const char *text, uint64_t *ret_bytes)
{
	static const char units[] = "bkmgt";
	uint64_t value;
	size_t length;
	int r = leading(text, &value, &length);
	const char *unit = text + length, *found;

	if (r < 0)
		return r;
	if (*unit != '\0') {
		found = strchr(units, *unit | 0x20);
		if (!found || (unit[1] != '\0' && strcasecmp(unit + 1, "b") != 0 &&
			       strcasecmp(unit + 1, "ib") != 0))
			return -EINVAL;
		if (__builtin_mul_overflow(value, UINT64_C(1) << (10 * (found - units)), &value))
			return -ERANGE;
	}
	*ret_bytes = value;
	return 0;
}

int amount_duration(const char *text, uint64_t *ret_ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	uint64_t sum = 0;

	do {
		uint64_t value, ms = 0;
		size_t length, letters;
		int r = leading(text, &value, &length);

		if (r < 0)
			return r;
		text += length;
		letters = strcspn(text, DIGITS);
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (strlen(units[i].name) == letters &&
			    memcmp(units[i].name, text, letters) == 0)
				ms = units[i].ms;
		if (letters == 0 && sum == 0)
			ms = 1000;
		if (ms == 0)
			return -EINVAL;
		if (__builtin_mul_overflow(value, ms, &value) ||
		    __builtin_add_overflow(sum, value, &sum))
			return -ERANGE;
		text += letters;
	} while (*text != '\0');
	*ret_ms = sum;
	return 0;
}

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", SIGHUP },     { "INT", SIGINT },   { "QUIT", SIGQUIT }, { "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },   { "USR2", SIGUSR2 }, { "TERM", SIGTERM }, { "CONT", SIGCONT },
	{ "STOP", SIGSTOP },   { "TSTP", SIGTSTP }, { "ABRT", SIGABRT }, { "ALRM", SIGALRM },
	{ "WINCH", SIGWINCH }, { "PWR", SIGPWR },
};

/* Real-time signals by kernel numbers, which both C libraries shift by what they keep: the names
 * are of those that programs see (signal(7)): RTMIN is 34, RTMAX 64. */
static int real_time(const char *name, int *ret)
{
	bool top = text_starts(name, "RTMAX");
	uint64_t by = 0;

	if (!top && !text_starts(name, "RTMIN"))
		return -EINVAL;
	name += 5;
	if (*name != '\0' && (*name != (top ? '-' : '+') || text_to_number(name + 1, 30, &by) < 0))
		return -EINVAL;
	*ret = top ? 64 - (int)by : 34 + (int)by;
	return 0;
}

int amount_signal(const char *text, int *ret)
{
	uint64_t number;

	if (text_to_number(text, 64, &number) == 0) {
		*ret = (int)number;
		return number > 0 ? 0 : -EINVAL;
	}
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcasecmp(signals[i].name, text) == 0) {
			*ret = signals[i].number;
			return 0;
		}
	return real_time(text, ret);
}

static int limit_value(const char *text, uint64_t *ret)
{
	if (strcmp(text, "-1") == 0 || strcmp(text, "unlimited") == 0) {
		*ret = UINT64_MAX;
		return 0;
	}
	return text_to_number(text, INT64_MAX, ret);
}

int amount_limit(const char *text, struct amount_limit *ret, struct error *error)
{
	static const char *const names[] = {
		"RLIMIT_AS",     "RLIMIT_CORE",   "RLIMIT_CPU",        "RLIMIT_DATA",
		"RLIMIT_FSIZE",  "RLIMIT_LOCKS",  "RLIMIT_MEMLOCK",    "RLIMIT_MSGQUEUE",
		"RLIMIT_NICE",   "RLIMIT_NOFILE", "RLIMIT_NPROC",      "RLIMIT_RSS",
		"RLIMIT_RTPRIO", "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK",
	};
	size_t length = strcspn(text, "="), part;
	char soft[NUMBER_BYTES];

	ret->name = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i] + 7) == length && strncasecmp(names[i] + 7, text, length) == 0)
			ret->name = names[i];
	if (!ret->name || text[length] != '=')
		return error_set(error, -EINVAL, "--ulimit=%s: no limit of that name", text);
	part = strcspn(text + length + 1, ":");
	if (text_copy(soft, sizeof(soft), text + length + 1, part) < 0 ||
	    limit_value(soft, &ret->soft) < 0)
		return error_set(error, -EINVAL, "--ulimit=%s: NAME=SOFT[:HARD]", text);
	ret->hard = ret->soft;
	text += length + 1 + part;
	if (*text == ':' && limit_value(text + 1, &ret->hard) < 0)
		return error_set(error, -EINVAL, "--ulimit: %s is no limit", text + 1);
	if (ret->soft > ret->hard)
		return error_set(error, -EINVAL, "--ulimit: the soft limit is above the hard one");
	return 0;
}
