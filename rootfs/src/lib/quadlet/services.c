// SPDX-License-Identifier: Apache-2.0
/*
 * [Service] of each kind. The words of keelson-run's command lines:
 *
 *   container OPTION… IMAGE [ARG…]     container --rootfs OPTION… FOLDER [ARG…]
 *   pod OPTION…     volume OPTION… NAME     network OPTION… NAME     image OPTION… IMAGE
 *   stop container NAME     stop pod --time=SECONDS NAME     rm container|pod|network NAME
 *   exec NAME ARG…     kill --signal=SIGNAL NAME     health --unit=SERVICE NAME
 */
#include "lib/quadlet/conversion.h"
#include <string.h>

#define STOP_TIMEOUT "10" /* seconds, of a pod */

static const char *service_text(struct conversion *c, const char *key)
{
	const struct unit_line *line = unit_last(c->unit, "Service", key);

	return line ? unit_value(line, c->arena) : NULL;
}

static void set_service(struct conversion *c, const char *key, const char *value)
{
	unit_remove(c->service, "Service", key);
	unit_add(c->service, c->arena, "Service", key, value);
}

static void set_default(struct conversion *c, const char *key, const char *value)
{
	if (!unit_last(c->unit, "Service", key))
		unit_add(c->service, c->arena, "Service", key, value);
}

/* One of the short command lines. */
static void add_command(struct conversion *c, const char *key, const char *start,
			const struct words *words)
{
	static const struct words none = { 0 };

	unit_add(c->service, c->arena, "Service", key,
		 quadlet_command(c->arena, start, &none, words));
}

static void add_command_of(struct conversion *c, const char *key, const char *start,
			   const char *option, const char *name)
{
	struct words words = { 0 };

	if (option)
		words_add(&words, c->arena, option);
	words_add(&words, c->arena, name);
	add_command(c, key, start, &words);
}

static void add_start(struct conversion *c, const char *start)
{
	const struct unit_line *own = unit_first(c->unit, "Service", "ExecStart");
	const char *type = service_text(c, "Type");

	if (own && !(type && strcmp(type, "oneshot") == 0))
		quadlet_fail(c, own, QUADLET_CONFLICT, "is what this file is made into");
	unit_add(c->service, c->arena, "Service", "ExecStart",
		 quadlet_command(c->arena, start, &c->options, &c->operands));
}

static void add_reload(struct conversion *c, const char *name)
{
	const struct unit_line *line = unit_last(c->unit, c->section, "ReloadCmd"), *signal_line;
	const char *signal = quadlet_text(c, "ReloadSignal", &signal_line);
	bool command = line && *line->value != '\0';
	struct words words = { 0 };

	if (command && signal)
		quadlet_fail(c, signal_line, QUADLET_CONFLICT,
			     "ReloadCmd and ReloadSignal are mutually exclusive but both are set");
	if (command) {
		words_add(&words, c->arena, name);
		quadlet_words(c, line, WORDS_ARGS, &words);
		add_command(c, "ExecReload", QUADLET_RUN " exec", &words);
	} else if (signal) {
		add_command_of(c, "ExecReload", QUADLET_RUN " kill",
			       arena_format(c->arena, "--signal=%s", signal), name);
	}
}

static void check_value(struct conversion *c, const char *key, const char *one, const char *other)
{
	const char *value = service_text(c, key);

	if (value && strcmp(value, one) != 0 && strcmp(value, other) != 0)
		quadlet_fail(c, unit_last(c->unit, "Service", key), QUADLET_BAD_VALUE,
			     "%s is not supported; there is: %s %s", value, one, other);
}

static void container_service(struct conversion *c)
{
	const char *name = quadlet_container_name(c->arena, c->file);
	const char *type = service_text(c, "Type");

	check_value(c, "KillMode", "mixed", "control-group");
	check_value(c, "Type", "notify", "oneshot");
	set_default(c, "KillMode", "mixed");
	set_service(c, "Delegate", "yes");
	if (!type || strcmp(type, "oneshot") != 0) {
		set_service(c, "Type", "notify");
		set_service(c, "NotifyAccess", "all");
	}
	quadlet_limits(c);
	add_start(c, QUADLET_RUN " container");
	add_reload(c, name);
	add_command_of(c, "ExecStop", QUADLET_RUN " stop container", NULL, name);
	add_command_of(c, "ExecStopPost", "-" QUADLET_RUN " rm container", NULL, name);
	quadlet_health(c);
}

static void pod_service(struct conversion *c)
{
	const char *name = c->file->resource, *time = quadlet_text(c, "StopTimeout", NULL);

	for (size_t i = 0; i < c->file->members.count; i++) {
		unit_add(c->service, c->arena, "Unit", "Wants", c->file->members.at[i]);
		unit_add(c->service, c->arena, "Unit", "Before", c->file->members.at[i]);
	}
	set_service(c, "Type", "notify");
	set_service(c, "NotifyAccess", "all");
	set_default(c, "Restart", "on-failure");
	add_start(c, QUADLET_RUN " pod");
	add_command_of(c, "ExecStop", QUADLET_RUN " stop pod",
		       arena_format(c->arena, "--time=%s", time ? time : STOP_TIMEOUT), name);
	add_command_of(c, "ExecStopPost", "-" QUADLET_RUN " rm pod", NULL, name);
}

static void made_once(struct conversion *c, const char *start)
{
	set_default(c, "Type", "oneshot");
	set_default(c, "RemainAfterExit", "yes");
	add_start(c, start);
}

static void network_service(struct conversion *c)
{
	words_add(&c->operands, c->arena, c->file->resource);
	made_once(c, QUADLET_RUN " network");
	if (quadlet_flag(c, "NetworkDeleteOnStop", false))
		add_command_of(c, "ExecStopPost", QUADLET_RUN " rm network", NULL,
			       c->file->resource);
}

static void volume_service(struct conversion *c)
{
	words_add(&c->operands, c->arena, c->file->resource);
	made_once(c, QUADLET_RUN " volume");
}

static void image_service(struct conversion *c)
{
	made_once(c, QUADLET_RUN " image");
}

void quadlet_service(struct conversion *c)
{
	static void (*const services[QUADLET_KINDS])(struct conversion *) = {
		[QUADLET_IMAGE] = image_service,     [QUADLET_VOLUME] = volume_service,
		[QUADLET_NETWORK] = network_service, [QUADLET_CONTAINER] = container_service,
		[QUADLET_POD] = pod_service,
	};
	static const char *const unsupported[] = { "User", "Group", "DynamicUser" };

	for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++) {
		const struct unit_line *line = unit_last(c->unit, "Service", unsupported[i]);

		if (line)
			quadlet_warn(c, line, QUADLET_SERVICE_KEY,
				     "using key %s in the Service group is not supported",
				     unsupported[i]);
	}
	set_default(c, "SyslogIdentifier", "%N");
	services[c->file->kind](c);
}
