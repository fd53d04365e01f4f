// SPDX-License-Identifier: Apache-2.0
/* lib/run but for config.json, which run_config.c has. */
#include "check.h"
#include "lib/quadlet/conversion.h"
#include "lib/run/amounts.h"
#include "lib/run/apparmor.h"
#include "lib/run/capabilities.h"
#include "lib/run/health.h"
#include "lib/run/identity.h"
#include "lib/run/mounts.h"
#include "lib/run/options.h"
#include "lib/run/plan.h"
#include "lib/run/state.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	int result;
	uint64_t want;
} sizes[] = {
	{ "0", 0, 0 },		   { "512", 0, 512 },	  { "64m", 0, 64 << 20 },
	{ "1G", 0, 1 << 30 },	   { "1kb", 0, 1024 },	  { "2KiB", 0, 2048 },
	{ "3b", 0, 3 },		   { "", -EINVAL, 0 },	  { "m", -EINVAL, 0 },
	{ "1x", -EINVAL, 0 },	   { "1mm", -EINVAL, 0 }, { "-1", -EINVAL, 0 },
	{ "1.5g", -EINVAL, 0 },	   { "17179869184g", -ERANGE, 0 },
	{ "99999999999999999999", -ERANGE, 0 },
}, durations[] = {
	{ "10", 0, 10000 },	   { "30s", 0, 30000 },	   { "1m30s", 0, 90000 },
	{ "500ms", 0, 500 },	   { "1h", 0, 3600000 },   { "0", 0, 0 },
	{ "", -EINVAL, 0 },	   { "s", -EINVAL, 0 },	   { "1d", -EINVAL, 0 },
	{ "1s5", -EINVAL, 0 },	   { "99999999999999999999", -ERANGE, 0 },
	{ "9999999999999999h", -ERANGE, 0 },
}, signals[] = {
	{ "TERM", 0, 15 },	   { "SIGTERM", 0, 15 },   { "sigint", 0, 2 },
	{ "9", 0, 9 },		   { "SIGRTMIN+3", 0, 37 }, { "RTMAX-1", 0, 63 },
	{ "RTMIN", 0, 34 },	   { "0", -EINVAL, 0 },	   { "65", -EINVAL, 0 },
	{ "NOSUCH", -EINVAL, 0 },  { "RTMIN-1", -EINVAL, 0 }, { "", -EINVAL, 0 },
};

static void check_amounts(void)
{
	struct amount_limit limit;

	for (size_t i = 0; i < ROWS(sizes); i++) {
		uint64_t got = 0;

		CHECK_NUMBER(sizes[i].text, amount_size(sizes[i].text, &got), sizes[i].result);
		CHECK_NUMBER(sizes[i].text, got, sizes[i].want);
	}
	for (size_t i = 0; i < ROWS(durations); i++) {
		uint64_t got = 0;

		CHECK_NUMBER(durations[i].text, amount_duration(durations[i].text, &got),
			     durations[i].result);
		CHECK_NUMBER(durations[i].text, got, durations[i].want);
	}
	for (size_t i = 0; i < ROWS(signals); i++) {
		int got = 0;

		CHECK_NUMBER(signals[i].text, amount_signal(signals[i].text, &got),
			     signals[i].result);
		CHECK_NUMBER(signals[i].text, got, signals[i].want);
	}
	CHECK_NUMBER("a limit", amount_limit("nofile=1:2", &limit, NULL), 0);
	CHECK_TEXT("by the spec's name", limit.name, "RLIMIT_NOFILE");
	CHECK("soft and hard", limit.soft == 1 && limit.hard == 2);
	CHECK_NUMBER("none at all", amount_limit("CORE=-1", &limit, NULL), 0);
	CHECK("is the highest number", limit.soft == UINT64_MAX && limit.hard == UINT64_MAX);
	CHECK_NUMBER("soft above hard", amount_limit("core=2:1", &limit, NULL), -EINVAL);
	CHECK_NUMBER("no such limit", amount_limit("nosuch=1", &limit, NULL), -EINVAL);
	CHECK_NUMBER("no value", amount_limit("core", &limit, NULL), -EINVAL);
}

/* Words with blanks between. */
static size_t split(char *text, char *words[16])
{
	size_t count = 0;

	for (char *at = strtok(text, " "); at && count < 16; at = strtok(NULL, " "))
		words[count++] = at;
	return count;
}

#define CONTAINER "--name=c --read-only=false --env=A=1 image --env=B"
#define NETWORK "--subnet=a --gateway=b --subnet=c --ip-range=d n"
static const struct {
	enum run_verb verb;
	const char *words;
	int result;
} command_lines[] = {
	{ RUN_CONTAINER, "--name=c image", 0 },
	{ RUN_CONTAINER, CONTAINER, 0 },
	{ RUN_CONTAINER, "--name=c -- image", 0 },
	{ RUN_CONTAINER, "image", -EINVAL },
	{ RUN_CONTAINER, "--name=c", -EINVAL },
	{ RUN_CONTAINER, "--name=.c image", -EINVAL },
	{ RUN_CONTAINER, "--name=a/b image", -EINVAL },
	{ RUN_CONTAINER, "--name=c --read-only=maybe image", -EINVAL },
	{ RUN_CONTAINER, "--name=c --env image", -EINVAL },
	{ RUN_CONTAINER, "--name=c --pull=often image", -EINVAL },
	{ RUN_CONTAINER, "--name=c --nosuch=1 image", -EINVAL },
	{ RUN_CONTAINER, "--name=c --names=1 image", -EINVAL },
	{ RUN_CONTAINER, "--name=c --memory=1g image", -EOPNOTSUPP },
	{ RUN_CONTAINER, "--name=c --exit-policy=stop image", -EINVAL },
	{ RUN_POD, "--name=p --exit-policy=stop", 0 },
	{ RUN_VOLUME, "--opt=type=tmpfs v", 0 },
	{ RUN_VOLUME, "v w", -EINVAL },
	{ RUN_NETWORK, NETWORK, 0 },
	{ RUN_NETWORK, "--gateway=b n", -EINVAL },
	{ RUN_IMAGE, "--policy=newer docker.io/a/b", 0 },
	{ RUN_IMAGE, "--all-tags docker.io/a/b", 0 },
};

static void check_options(void)
{
	struct arena arena = { 0 };
	struct run_options options;
	char text[128], *words[16];

	for (size_t i = 0; i < ROWS(command_lines); i++) {
		strcpy(text, command_lines[i].words);
		CHECK_NUMBER(command_lines[i].words,
			     run_options_parse(command_lines[i].verb, words, split(text, words),
					       &arena, &options, NULL),
			     command_lines[i].result);
	}
	strcpy(text, CONTAINER);
	run_options_parse(RUN_CONTAINER, words, split(text, words), &arena, &options, NULL);
	CHECK_TEXT("behind the image are arguments", options.args.at[0], "--env=B");
	CHECK("a flag that is off", !options.read_only && options.http_proxy);
	strcpy(text, NETWORK);
	run_options_parse(RUN_NETWORK, words, split(text, words), &arena, &options, NULL);
	CHECK_NUMBER("subnets", options.subnets.count, 2);
	CHECK_TEXT("the first has a gateway", options.gateways.at[0], "b");
	CHECK_TEXT("and a range", options.ranges.at[0], "d");
	arena_free(&arena);
}

/* What keelson-quadlet may write is known here, or refused with a reason: of every key. */
static void check_keys(void)
{
	static const struct {
		enum quadlet_kind kind;
		enum run_verb verb;
	} kinds[] = { { QUADLET_CONTAINER, RUN_CONTAINER },
		      { QUADLET_POD, RUN_POD },
		      { QUADLET_VOLUME, RUN_VOLUME },
		      { QUADLET_NETWORK, RUN_NETWORK },
		      { QUADLET_IMAGE, RUN_IMAGE } };

	for (size_t i = 0; i < ROWS(kinds); i++) {
		const struct quadlet_key *key = quadlet_sections[kinds[i].kind].keys;

		for (; key->name; key++) {
			struct arena arena = { 0 };
			struct run_options options;
			struct error error = { 0 };
			char option[64], *words[] = { option, (char[]){ "x" } };

			if (!key->option)
				continue;
			snprintf(option, sizeof(option), "--%s=true", key->option);
			run_options_parse(kinds[i].verb, words, 2, &arena, &options, &error);
			CHECK(key->name, !strstr(error.text, "there is no option"));
			arena_free(&arena);
		}
	}
}

static const char passwd[] = "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n"
			     "7:x:8:9::/:\nodd:x:x:1::/:\nlow:x:3:4:::\n";
static const char group[] = "root:x:0:\napps:x:1001:app\nextra:x:2000:b,app\nmore:x:2001:apples\n";

static const struct {
	const char *user, *more;
	int result;
	uint32_t uid, gid, groups;
	const char *home;
} users[] = {
	{ "", NULL, 0, 0, 0, 0, "/root" },
	{ "root", NULL, 0, 0, 0, 0, "/root" },
	{ "app", NULL, 0, 1000, 1001, 1, "/home/app" },
	{ "1000", NULL, 0, 1000, 1001, 1, "/home/app" },
	{ "app:more", NULL, 0, 1000, 2001, 0, "/home/app" },
	{ "app:", NULL, 0, 1000, 1001, 1, "/home/app" },
	{ "app:42", "extra", 0, 1000, 42, 1, "/home/app" },
	{ "app", "extra", 0, 1000, 1001, 1, "/home/app" },
	{ "app", "5", 0, 1000, 1001, 2, "/home/app" },
	{ "7", NULL, 0, 8, 9, 0, "/" },
	{ "low", NULL, 0, 3, 4, 0, "/" },
	{ "1234:5", NULL, 0, 1234, 5, 0, "/" },
	{ "2147483647", NULL, 0, 2147483647, 0, 0, "/" },
	{ "2147483648", NULL, -ENOENT, 0, 0, 0, NULL },
	{ "-1", NULL, -ENOENT, 0, 0, 0, NULL },
	{ "nosuch", NULL, -ENOENT, 0, 0, 0, NULL },
	{ "app:nosuch", NULL, -ENOENT, 0, 0, 0, NULL },
	{ "app", "nosuch", -ENOENT, 0, 0, 0, NULL },
	{ "odd", NULL, -EBADMSG, 0, 0, 0, NULL },
};

static void check_identity(void)
{
	const struct run_file files[] = { { passwd, strlen(passwd) }, { group, strlen(group) } };
	const struct run_file none = { NULL, 0 };
	struct run_identity identity;
	struct arena arena = { 0 };
	struct words no_more = { 0 };

	for (size_t i = 0; i < ROWS(users); i++) {
		struct words more = { 0 };

		if (users[i].more)
			words_add(&more, &arena, users[i].more);
		CHECK_NUMBER(users[i].user,
			     run_identity(users[i].user, &more, &files[0], &files[1], &arena,
					  &identity, NULL),
			     users[i].result);
		if (users[i].result < 0)
			continue;
		CHECK_NUMBER(users[i].user, identity.uid, users[i].uid);
		CHECK_NUMBER(users[i].user, identity.gid, users[i].gid);
		CHECK_NUMBER(users[i].user, identity.group_count, users[i].groups);
		CHECK_TEXT(users[i].user, identity.home, users[i].home);
	}
	CHECK_NUMBER("without files: a number",
		     run_identity("5", &no_more, &none, &none, &arena, &identity, NULL), 0);
	CHECK_NUMBER("without files: a name",
		     run_identity("app", &no_more, &none, &none, &arena, &identity, NULL), -ENOENT);
	CHECK_NUMBER("zero bytes",
		     run_identity("", &no_more, &(struct run_file){ "a\0b", 3 }, &none, &arena,
				  &identity, NULL),
		     -EBADMSG);
	arena_free(&arena);
}

static const struct {
	const char *name, *add, *drop;
	int result;
	uint64_t want;
} changes[] = {
	{ "nothing", NULL, NULL, 0, 0x800405fb },
	{ "all dropped", NULL, "all", 0, 0 },
	{ "all dropped, one added", "cap_net_admin", "ALL", 0, 1 << 12 },
	{ "all added", "all", NULL, 0, CAPABILITIES_ALL },
	{ "all added, one dropped", "all", "CHOWN", 0, CAPABILITIES_ALL - 1 },
	{ "both all", "all", "all", -EINVAL, 0 },
	{ "none of that name", "nosuch", NULL, -EINVAL, 0 },
};

static void check_capabilities(void)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(changes); i++) {
		struct words add = { 0 }, drop = { 0 };
		uint64_t got = 0;

		if (changes[i].add)
			words_add(&add, &arena, changes[i].add);
		if (changes[i].drop)
			words_add(&drop, &arena, changes[i].drop);
		CHECK_NUMBER(changes[i].name,
			     capabilities_change(capabilities_default, &add, &drop, &got, NULL),
			     changes[i].result);
		CHECK("as wanted", got == changes[i].want || changes[i].result < 0);
	}
	CHECK("by name", capabilities_have(1 << 21, "CAP_SYS_ADMIN"));
	arena_free(&arena);
}

/* A state, results one a letter (g: good, b: bad), and what comes of it. */
static const struct {
	const char *name, *results;
	unsigned retries, start_period_ms, startup_successes, startup_retries;
	enum health_status want;
	int acts;
} healths[] = {
	{ "none yet", "", 3, 0, 0, 0, HEALTH_STARTING, 0 },
	{ "good", "g", 3, 0, 0, 0, HEALTH_HEALTHY, 0 },
	{ "two failures of three", "bb", 3, 0, 0, 0, HEALTH_STARTING, 0 },
	{ "three", "bbb", 3, 0, 0, 0, HEALTH_UNHEALTHY, 1 },
	{ "acts once", "bbbbbb", 3, 0, 0, 0, HEALTH_UNHEALTHY, 1 },
	{ "in a row only", "bbgbbg", 3, 0, 0, 0, HEALTH_HEALTHY, 0 },
	{ "healthy again", "bbbg", 3, 0, 0, 0, HEALTH_HEALTHY, 1 },
	{ "and unhealthy again", "bbbgbbb", 3, 0, 0, 0, HEALTH_UNHEALTHY, 2 },
	{ "no retries are one", "b", 0, 0, 0, 0, HEALTH_UNHEALTHY, 1 },
	{ "within the start period", "bbbbb", 3, 5000, 0, 0, HEALTH_STARTING, 0 },
	{ "after it", "bbbbbbbb", 3, 5000, 0, 0, HEALTH_UNHEALTHY, 1 },
	{ "good ends it", "gbbb", 3, 5000, 0, 0, HEALTH_UNHEALTHY, 1 },
	{ "the startup check first", "bbbbb", 3, 0, 1, 0, HEALTH_STARTING, 0 },
	{ "then the other", "bbbbbg", 3, 0, 1, 0, HEALTH_STARTING, 0 },
	{ "which counts", "bbbbbgg", 3, 0, 1, 0, HEALTH_HEALTHY, 0 },
	{ "twice in a row", "gbgg", 3, 0, 2, 0, HEALTH_STARTING, 0 },
	{ "as long as it may take", "bbbb", 3, 0, 1, 4, HEALTH_UNHEALTHY, 1 },
};

static void check_health(void)
{
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(healths); i++) {
		struct health_check check = { .retries = healths[i].retries,
					      .start_period_ms = healths[i].start_period_ms,
					      .startup_successes = healths[i].startup_successes,
					      .startup_retries = healths[i].startup_retries };
		struct health_state state = { 0 };
		int acts = 0;

		if (healths[i].startup_successes > 0)
			words_add(&check.startup, &arena, "true");
		for (size_t k = 0; healths[i].results[k]; k++) {
			bool act;

			state = health_next(&check, state, healths[i].results[k] == 'g', 1000 * k,
					    &act);
			acts += act;
		}
		CHECK_NUMBER(healths[i].name, state.status, healths[i].want);
		CHECK_NUMBER(healths[i].name, acts, healths[i].acts);
	}
	arena_free(&arena);
}

static void check_state(void)
{
	struct arena arena = { 0 };
	struct run_state state = { .name = "a",
				   .image = "i\"\\",
				   .pid = 5,
				   .pid_started = 6,
				   .stop_signal = 15,
				   .health = { .retries = 3, .action = HEALTH_STOP } };
	struct run_state got;
	struct health_state health = { HEALTH_UNHEALTHY, true, 1, 2 }, health_got;
	struct json_writer writer = { 0 };

	words_add(&state.labels, &arena, "a=b c");
	words_add(&state.health.command, &arena, "sh");
	run_state_put(&writer, &state);
	CHECK_NUMBER("written and read",
		     run_state_parse(writer.text, writer.used, &arena, &got, NULL), 0);
	CHECK_TEXT("a text", got.image, "i\"\\");
	CHECK("numbers", got.pid == 5 && got.pid_started == 6 && got.stop_signal == 15);
	CHECK("no pod", !got.pod);
	CHECK_TEXT("a list", got.labels.at[0], "a=b c");
	CHECK("a check", got.health.command.count == 1 && got.health.action == HEALTH_STOP);
	CHECK_NUMBER("cut short", run_state_parse(writer.text, writer.used - 1, &arena, &got, NULL),
		     -EBADMSG);
	CHECK_NUMBER("something else", run_state_parse("{}", 2, &arena, &got, NULL), -EBADMSG);
	writer.used = 0;
	run_health_put(&writer, &health);
	CHECK_NUMBER("health too", run_health_parse(writer.text, writer.used, &health_got, NULL),
		     0);
	CHECK("as it was", health_got.status == HEALTH_UNHEALTHY && health_got.failures == 2);
	free(writer.text);
	arena_free(&arena);
}

static const struct {
	const char *profiles, *name;
	int result;
} profiles[] = {
	{ "", "a", -ENOENT },
	{ "a (enforce)\n", "a", 0 },
	{ "b (enforce)\na (complain)\n", "a", 0 },
	{ "b (enforce)\n/usr/bin/a b (kill)\n", "/usr/bin/a b", 0 },
	{ "ab (enforce)\nb (a)\na\n a (enforce)\na(enforce)\n", "a", -ENOENT },
	{ "ba (enforce)", "a", -ENOENT },
};

static void check_profiles(void)
{
	struct error error;

	for (size_t i = 0; i < ROWS(profiles); i++)
		CHECK_NUMBER(profiles[i].profiles,
			     apparmor_check(profiles[i].profiles, profiles[i].name, &error),
			     profiles[i].result);
}

SUITE(run)
{
	check_profiles();
	check_amounts();
	check_options();
	check_keys();
	check_identity();
	check_capabilities();
	check_health();
	check_state();
}
