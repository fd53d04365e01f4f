// SPDX-License-Identifier: Apache-2.0
/* See health.h. */
#include "lib/health.h"
#include "lib/osrelease.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int take_network(const char *value, enum health_network *ret, struct error *error)
{
	static const char *const words[] = { "configured", "online", "ignore" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			*ret = (enum health_network)i;
			return 0;
		}
	}
	return error_set(error, -EINVAL, "network= wants configured, online or ignore");
}

static int take_timeout(const char *value, unsigned *ret, struct error *error)
{
	uint64_t number;

	if (text_to_number(value, 3600, &number) < 0)
		return error_set(error, -EINVAL, "network_timeout= wants seconds from 0 to 3600");
	*ret = (unsigned)number;
	return 0;
}

static int take_units(const char *value, struct health_config *config, struct error *error)
{
	for (;;) {
		size_t length;

		value += strspn(value, " \t");
		length = strcspn(value, " \t");
		if (length == 0)
			return 0;
		if (config->unit_count == HEALTH_UNITS_MAX)
			return error_set(error, -EINVAL, "units= wants at most %d names",
					 HEALTH_UNITS_MAX);
		for (size_t i = 0; i < length; i++)
			if (value[i] < '!' || value[i] > '~')
				return error_set(error, -EINVAL, "units= wants ASCII names");
		if (text_copy(config->units[config->unit_count], HEALTH_NAME_BYTES, value, length) <
		    0)
			return error_set(error, -EINVAL, "units= wants names of at most %d bytes",
					 HEALTH_NAME_BYTES - 1);
		config->unit_count++;
		value += length;
	}
}

/* line has neither blanks nor an end of line around it. */
static int take_line(const char *line, bool *units_seen, struct health_config *config,
		     struct error *error)
{
	if (*line == '\0' || *line == '#')
		return 0;
	if (text_starts(line, "network="))
		return take_network(line + strlen("network="), &config->network, error);
	if (text_starts(line, "network_timeout="))
		return take_timeout(line + strlen("network_timeout="), &config->network_timeout_s,
				    error);
	if (text_starts(line, "units=")) {
		if (!*units_seen)
			config->unit_count = 0;
		*units_seen = true;
		return take_units(line + strlen("units="), config, error);
	}
	return error_set(error, -EINVAL, "not units=, network= or network_timeout=");
}

int health_config_parse(const char *text, struct health_config *config, struct error *error)
{
	static const char blanks[] = " \t\r";
	struct health_config result = *config;
	bool units_seen = false;

	for (unsigned number = 1; *text != '\0'; number++) {
		size_t length = strcspn(text, "\n"), size = length;
		char line[4096];

		while (size > 0 && strchr(blanks, text[size - 1]))
			size--;
		if (text_copy(line, sizeof(line), text, size) < 0)
			return error_set(error, -EINVAL, "line %u: longer than %zu bytes", number,
					 sizeof(line) - 1);
		if (take_line(line + strspn(line, blanks), &units_seen, &result, error) < 0) {
			error_wrap(error, "line %u", number);
			return -EINVAL;
		}
		text += length + (text[length] == '\n');
	}
	*config = result;
	return 0;
}

bool health_is_check(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789:_.@-";

	return strlen(name) < HEALTH_NAME_BYTES && name[strspn(name, allowed)] == '\0' &&
	       !strchr(".@", *name) && text_ends(name, ".service") && !text_ends(name, "@.service");
}

static bool says(const char *state, const char *key, const char *wanted)
{
	char value[32];

	return osrelease_value(state, key, value, sizeof(value)) == 0 && strcmp(value, wanted) == 0;
}

enum health_link health_link(const char *state, enum health_network wanted)
{
	bool configured = says(state, "ADMIN_STATE", "configured");

	if (says(state, "ADMIN_STATE", "failed"))
		return LINK_FAILED;
	if (says(state, "ADMIN_STATE", "unmanaged") || says(state, "REQUIRED_FOR_ONLINE", "no"))
		return LINK_IGNORED;
	/* A link counts as configured only when its IPv6 address is known to be nobody else's,
	 * which takes seconds; one with a route may be used before. */
	if (wanted == NETWORK_ONLINE ? configured && says(state, "ONLINE_STATE", "online")
				     : configured || says(state, "OPER_STATE", "routable"))
		return LINK_READY;
	if (says(state, "CARRIER_STATE", "no-carrier") || says(state, "CARRIER_STATE", "dormant"))
		return LINK_IDLE;
	return LINK_WAITING;
}

enum health_verdict health_links(const size_t counts[LINK_KINDS], enum health_network wanted,
				 bool time_is_over)
{
	if (wanted == NETWORK_IGNORED)
		return HEALTH_GOOD;
	if (counts[LINK_FAILED] > 0)
		return HEALTH_BAD;
	if (counts[LINK_WAITING] == 0 &&
	    (wanted == NETWORK_CONFIGURED
		     ? counts[LINK_READY] > 0 || counts[LINK_IDLE] == 0 || time_is_over
		     : counts[LINK_READY] > 0 && counts[LINK_IDLE] == 0))
		return HEALTH_GOOD;
	return time_is_over ? HEALTH_BAD : HEALTH_WAIT;
}

static void append(char *text, size_t room, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, room - used, "%s", more);
}

void health_json(const struct health_check *checks, size_t count, char ret[HEALTH_JSON_BYTES])
{
	bool healthy = true;

	for (size_t i = 0; i < count; i++)
		healthy = healthy && checks[i].ok;
	snprintf(ret, HEALTH_JSON_BYTES, "{\"healthy\":%s,\"checks\":[",
		 healthy ? "true" : "false");
	for (size_t i = 0; i < count; i++) {
		char check[sizeof(checks[i].reason) + 80];

		snprintf(check, sizeof(check), "%s{\"name\":\"%.20s\",\"ok\":%s,\"reason\":\"%s\"}",
			 i > 0 ? "," : "", checks[i].name, checks[i].ok ? "true" : "false",
			 checks[i].reason);
		append(ret, HEALTH_JSON_BYTES, check);
	}
	append(ret, HEALTH_JSON_BYTES, "]}\n");
}
