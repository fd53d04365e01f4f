// SPDX-License-Identifier: Apache-2.0
/*
 * A container's health is checked by a timer of its own, NAME-health.timer, which runs
 * NAME-health.service: no process waits for the next check, and it shows in list-timers and in the
 * journal. They are files like the service itself, so that a dry run shows them and nothing has to
 * be asked of systemd when the container starts.
 */
#include "lib/quadlet/conversion.h"
#include "lib/text.h"
#include <string.h>

#define INTERVAL "30s" /* podman's */

/* The value of an option that was given last; NULL for none, or one that switches off. */
static const char *option_value(const struct conversion *c, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = c->options.count; i > 0; i--) {
		const char *option = c->options.at[i - 1];

		if (text_starts(option, "--") && strncmp(option + 2, name, length) == 0 &&
		    option[2 + length] == '=')
			return option + 3 + length;
	}
	return NULL;
}

static bool has_check(const struct conversion *c)
{
	const char *command = option_value(c, "health-cmd");
	const char *interval = option_value(c, "health-interval");

	return command && !text_is_one_of("none", command) && *command != '\0' &&
	       !(interval && strcmp(interval, "disable") == 0);
}

/* "a.service": "a-health.timer"; "a@.service": "a-health@.timer". */
static const char *name_of(struct conversion *c, const char *ending)
{
	const char *service = c->file->service;
	size_t stem = strlen(service) - strlen(".service"), base = strcspn(service, "@");

	if (base > stem)
		base = stem;
	return arena_format(c->arena, "%.*s-health%.*s.%s", (int)base, service, (int)(stem - base),
			    service + base, ending);
}

/* As another unit of the same instance refers to it. */
static const char *reference(struct conversion *c, const char *name)
{
	const char *at = strstr(name, "@.");

	return at ? arena_format(c->arena, "%.*s%%i%s", (int)(at + 1 - name), name, at + 1) : name;
}

/* The container's name, where its service's names stand in it for what they are there. */
static const char *container_name(struct conversion *c, const char *service)
{
	const char *name = quadlet_container_name(c->arena, c->file);
	const char *stem =
		quadlet_percents(c->arena, c->file->service, strcspn(c->file->service, "@"));
	struct words parts = { 0 };

	while (*name != '\0') {
		size_t length = name[0] == '%' && name[1] != '\0' ? 2 : 1 + strcspn(name + 1, "%");
		const char *part = arena_copy(c->arena, name, length);

		if (part && strcmp(part, "%n") == 0)
			part = service;
		else if (part && strcmp(part, "%N") == 0)
			part = arena_copy(c->arena, service, strlen(service) - strlen(".service"));
		else if (part && strcmp(part, "%p") == 0)
			part = text_ends(stem, ".service")
				       ? arena_copy(c->arena, stem,
						    strlen(stem) - strlen(".service"))
				       : stem;
		words_add(&parts, c->arena, part ? part : "");
		name += length;
	}
	return words_join(&parts, "", c->arena);
}

static struct unit *add_unit(struct conversion *c, const char *name)
{
	struct quadlet_extra *extra = &c->file->extras[c->file->extra_count++];

	for (const struct quadlet_file *other = c->quadlet->files; other; other = other->next)
		if (!other->off && other->service && strcmp(other->service, name) == 0)
			quadlet_fail(c, NULL, QUADLET_CONFLICT, "%s is made by %s too", name,
				     other->path);
	extra->name = name;
	return &extra->unit;
}

static void add_timer(struct conversion *c, const char *service)
{
	const char *interval = option_value(c, "health-interval");
	struct unit *timer = add_unit(c, name_of(c, "timer"));

	unit_add(timer, c->arena, "Unit", "Description",
		 arena_format(c->arena, "When the health of %s is checked", service));
	unit_add(timer, c->arena, "Unit", "BindsTo", service);
	unit_add(timer, c->arena, "Unit", "After", service);
	unit_add(timer, c->arena, "Timer", "OnActiveSec", "0");
	unit_add(timer, c->arena, "Timer", "OnUnitInactiveSec", interval ? interval : INTERVAL);
	unit_add(timer, c->arena, "Timer", "AccuracySec", "1s");
}

/* That a check fails is the container's state, not a unit that has failed. */
static void add_check(struct conversion *c, const char *service)
{
	struct unit *check = add_unit(c, name_of(c, "service"));
	struct words options = { 0 }, operands = { 0 };

	words_add(&options, c->arena, arena_format(c->arena, "--unit=%s", service));
	words_add(&operands, c->arena, container_name(c, service));
	unit_add(check, c->arena, "Unit", "Description",
		 arena_format(c->arena, "Health of %s", service));
	unit_add(check, c->arena, "Unit", "After", service);
	unit_add(check, c->arena, "Service", "Type", "oneshot");
	unit_add(check, c->arena, "Service", "ExecStart",
		 quadlet_command(c->arena, QUADLET_RUN " health", &options, &operands));
	unit_add(check, c->arena, "Service", "SuccessExitStatus", "1");
	unit_add(check, c->arena, "Service", "SyslogLevel", "notice");
	unit_add(check, c->arena, "Service", "LogLevelMax", "notice");
}

void quadlet_health(struct conversion *c)
{
	const char *service;

	if (!has_check(c))
		return;
	service = reference(c, c->file->service);
	add_timer(c, service);
	add_check(c, service);
	unit_add(c->service, c->arena, "Unit", "Wants", reference(c, name_of(c, "timer")));
}
