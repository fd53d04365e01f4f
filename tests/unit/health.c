// SPDX-License-Identifier: Apache-2.0
#include "lib/health.h"
#include "check.h"
#include "corpus.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *text, *error, *want; /* want: network, timeout, units */
} configs[] = {
	{ "empty", "", "", "0 60 a.service" },
	{ "everything", "network=online\nnetwork_timeout=5\nunits=x y\n", "", "1 5 x y" },
	{ "blanks, comments, no last newline", " # z\n\n\tnetwork=ignore \r\nunits=\t x\t y ", "",
	  "2 60 x y" },
	{ "units are replaced once, then added to", "units=x\nunits=y z\n", "", "0 60 x y z" },
	{ "no units", "units=\n", "", "0 60" },
	{ "globs", "units=systemd-*.service x[0-9]?\n", "", "0 60 systemd-*.service x[0-9]?" },
	{ "the last value counts", "network=online\nnetwork=configured\n", "", "0 60 a.service" },
	{ "unknown key", "\nunit=x\n",
	  "line 2: not units=, network= or network_timeout=", "0 60 a.service" },
	{ "no key", "x", "line 1: not units=, network= or network_timeout=", "0 60 a.service" },
	{ "blank before =", "network =online",
	  "line 1: not units=, network= or network_timeout=", "0 60 a.service" },
	{ "unknown word", "network=up", "line 1: network= wants configured, online or ignore",
	  "0 60 a.service" },
	{ "timeout", "network_timeout=3601",
	  "line 1: network_timeout= wants seconds from 0 to 3600", "0 60 a.service" },
	{ "nothing is taken from a bad file", "units=x\nnetwork_timeout=\n",
	  "line 2: network_timeout= wants seconds from 0 to 3600", "0 60 a.service" },
	{ "beyond ASCII", "units=\xc3\xa4", "line 1: units= wants ASCII names", "0 60 a.service" },
};

static void describe(const struct health_config *config, char *ret, size_t room)
{
	int used = snprintf(ret, room, "%d %u", (int)config->network, config->network_timeout_s);

	for (size_t i = 0; i < config->unit_count; i++)
		used += snprintf(ret + used, room - (size_t)used, " %s", config->units[i]);
}

static void check_configs(void)
{
	for (size_t i = 0; i < ROWS(configs); i++) {
		struct health_config config = { .network_timeout_s = 60,
						.unit_count = 1,
						.units = { "a.service" } };
		struct error error = { 0 };
		char got[128];

		CHECK_NUMBER(configs[i].name, health_config_parse(configs[i].text, &config, &error),
			     *configs[i].error ? -EINVAL : 0);
		CHECK_TEXT(configs[i].name, error.text, configs[i].error);
		describe(&config, got, sizeof(got));
		CHECK_TEXT(configs[i].name, got, configs[i].want);
	}
}

static void check_limits(void)
{
	static struct health_config config;
	char text[5000] = "units=";
	struct error error = { 0 };

	for (int i = 0; i < HEALTH_UNITS_MAX; i++)
		strcat(text, "x ");
	CHECK_NUMBER("as many units as fit", health_config_parse(text, &config, &error), 0);
	CHECK_NUMBER("all are there", config.unit_count, HEALTH_UNITS_MAX);
	strcat(text, "x");
	CHECK_NUMBER("one more", health_config_parse(text, &config, &error), -EINVAL);
	CHECK_TEXT("is said", error.text, "line 1: units= wants at most 32 names");
	memset(text + 6, 'x', HEALTH_NAME_BYTES);
	CHECK_NUMBER("a name too long", health_config_parse(text, &config, &error), -EINVAL);
	memset(text + 6, 'x', sizeof(text) - 7);
	CHECK_NUMBER("a line too long", health_config_parse(text, &config, &error), -EINVAL);
	CHECK_TEXT("is said too", error.text, "line 1: longer than 4095 bytes");
}

static void check_shipped(void)
{
	static struct health_config config;
	struct error error = { 0 };
	uint8_t text[8192] = "";

	corpus_read(CORPUS "/health/shipped", text, sizeof(text) - 1);
	CHECK_NUMBER("shipped", health_config_parse((const char *)text, &config, &error), 0);
	CHECK("shipped settings", config.network == NETWORK_CONFIGURED &&
					  config.network_timeout_s == 60 && config.unit_count > 10);
}

static const struct {
	const char *name;
	bool allowed;
} names[] = {
	{ "a.service", true },       { "A-z_0:9.@x.service", true }, { "x@1.service", true },
	{ "x@.service", false },     { "@x.service", false },        { ".x.service", false },
	{ ".service", false },       { "a.timer", false },           { "a.service~", false },
	{ "a b.service", false },    { "a\n.service", false },       { "../a.service", false },
	{ "a\\x2d.service", false }, { "\xc3\xa4.service", false },  { "", false },
};

static void check_names(void)
{
	char name[HEALTH_NAME_BYTES + 1];

	for (size_t i = 0; i < ROWS(names); i++)
		CHECK(names[i].name, health_is_check(names[i].name) == names[i].allowed);
	memset(name, 'x', sizeof(name));
	strcpy(name + 247, ".service");
	CHECK("255 bytes", health_is_check(name));
	strcpy(name + 247, "x.service");
	CHECK("256 bytes", !health_is_check(name));
}

#define STATE(admin, oper, carrier, more) \
	"ADMIN_STATE=" admin "\nOPER_STATE=" oper "\nCARRIER_STATE=" carrier "\n" more
#define NEEDED "REQUIRED_FOR_ONLINE=yes\n"

static const struct {
	const char *name, *state;
	enum health_link configured, online; /* what it is for either setting */
} states[] = {
	{ "up", STATE("configured", "routable", "carrier", "ONLINE_STATE=online\n" NEEDED),
	  LINK_READY, LINK_READY },
	{ "up, address to come",
	  STATE("configured", "carrier", "carrier", "ONLINE_STATE=offline\n"), LINK_READY,
	  LINK_WAITING },
	{ "leased", STATE("configuring", "routable", "carrier", "ONLINE_STATE=online\n" NEEDED),
	  LINK_READY, LINK_WAITING },
	{ "own address only",
	  STATE("configuring", "degraded", "carrier", "ONLINE_STATE=online\n" NEEDED), LINK_WAITING,
	  LINK_WAITING },
	{ "no cable", STATE("configuring", "no-carrier", "no-carrier", NEEDED), LINK_IDLE,
	  LINK_IDLE },
	{ "no cable, and set up all the same",
	  STATE("configured", "no-carrier", "no-carrier", "ONLINE_STATE=offline\n"), LINK_READY,
	  LINK_IDLE },
	{ "nobody answers", STATE("configuring", "dormant", "dormant", NEEDED), LINK_IDLE,
	  LINK_IDLE },
	{ "not seen by udev", STATE("pending", "off", "off", ""), LINK_WAITING, LINK_WAITING },
	{ "failed", STATE("failed", "routable", "carrier", "REQUIRED_FOR_ONLINE=no\n"), LINK_FAILED,
	  LINK_FAILED },
	{ "not needed", STATE("configuring", "off", "off", "REQUIRED_FOR_ONLINE=no\n"),
	  LINK_IGNORED, LINK_IGNORED },
	{ "loopback", STATE("unmanaged", "carrier", "carrier", ""), LINK_IGNORED, LINK_IGNORED },
	{ "nothing", "", LINK_WAITING, LINK_WAITING },
};

/* Links by kind, and the verdicts: while there is time, and after. G good, w wait, B bad. */
static const struct {
	const char *name;
	size_t counts[LINK_KINDS];
	const char *configured, *online;
} verdicts[] = {
	/* ignored, ready, idle, waiting, failed */
	{ "no links", { 0, 0, 0, 0, 0 }, "GG", "wB" },
	{ "none of ours", { 2, 0, 0, 0, 0 }, "GG", "wB" },
	{ "all ready", { 1, 2, 0, 0, 0 }, "GG", "GG" },
	{ "no cable", { 1, 0, 1, 0, 0 }, "wG", "wB" },
	{ "one cable of two", { 1, 1, 1, 0, 0 }, "GG", "wB" },
	{ "one to come", { 0, 1, 0, 1, 0 }, "wB", "wB" },
	{ "one to come, one without a cable", { 0, 0, 1, 1, 0 }, "wB", "wB" },
	{ "failed", { 0, 1, 0, 0, 1 }, "BB", "BB" },
};

static void check_links(void)
{
	for (size_t i = 0; i < ROWS(states); i++) {
		CHECK_NUMBER(states[i].name, health_link(states[i].state, NETWORK_CONFIGURED),
			     states[i].configured);
		CHECK_NUMBER(states[i].name, health_link(states[i].state, NETWORK_ONLINE),
			     states[i].online);
	}
	for (size_t i = 0; i < ROWS(verdicts); i++) {
		for (enum health_network wanted = NETWORK_CONFIGURED; wanted <= NETWORK_IGNORED;
		     wanted++) {
			const char *const wants[] = { verdicts[i].configured, verdicts[i].online,
						      "GG" };
			char got[3] = { "GwB"[health_links(verdicts[i].counts, wanted, false)],
					"GwB"[health_links(verdicts[i].counts, wanted, true)] };

			CHECK_TEXT(verdicts[i].name, got, wants[wanted]);
		}
	}
}

SUITE(health)
{
	const struct health_check checks[] = { { "units", true, "" },
					       { "var", false, "open /var: Read-only" } };
	char json[HEALTH_JSON_BYTES];

	check_configs();
	check_limits();
	check_shipped();
	check_names();
	check_links();
	health_json(checks, 1, json);
	CHECK_TEXT("good", json,
		   "{\"healthy\":true,\"checks\":[{\"name\":\"units\",\"ok\":true,\"reason\":\"\"}]"
		   "}\n");
	health_json(checks, 2, json);
	CHECK_TEXT("bad", json,
		   "{\"healthy\":false,\"checks\":[{\"name\":\"units\",\"ok\":true,\"reason\":\"\"}"
		   ",{\"name\":\"var\",\"ok\":false,\"reason\":\"open /var: Read-only\"}]}\n");
}
