// SPDX-License-Identifier: Apache-2.0
/* See machine.h. The parts' documents are taken over as they stand, once they have been parsed. */
#include "lib/overview/machine.h"
#include "lib/oci/fields.h"
#include "lib/run/document.h"
#include "lib/text.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VALUE_BYTES 512

const char *const overview_source_names[SOURCES] = { "ready", "slot", "health", "provision" };

void overview_set_part(struct overview_part *part, const char *text, size_t size,
		       struct arena *arena)
{
	struct error error = { 0 };
	struct json json;

	while (size > 0 && strchr(" \t\r\n", text[size - 1]))
		size--;
	*part = (struct overview_part){ .text = arena_copy(arena, text, size) };
	if (!part->text) {
		part->why = "out of memory";
	} else if (oci_parse_object(part->text, size, &json, &error) < 0) {
		part->text = NULL;
		part->why = arena_format(arena, "%s", error.text);
	} else {
		json_free(&json);
	}
}

/* A part that was set is parsed without fail, but for memory. */
static bool open_part(const struct overview_part *part, struct json *ret)
{
	return part->text && oci_parse_object(part->text, strlen(part->text), ret, NULL) == 0;
}

/* A member as a text for people: a string without quotes, anything else as it stands. */
static const char *shown(const struct json *json, uint32_t object, const char *name,
			 struct arena *arena)
{
	uint32_t node = json_member(json, object, name);
	const struct json_node *found = &json->nodes[node];
	bool string = node && found->type == JSON_STRING;
	size_t size = node ? found->end - found->start - (string ? 2 : 0) : 0;
	char *text = arena_copy(arena, json->text + found->start + (string ? 1 : 0),
				size < VALUE_BYTES ? size : VALUE_BYTES);

	if (!node || !text)
		return "?";
	text_clean(text);
	return text;
}

static bool is_type(const struct json *json, uint32_t object, const char *name, enum json_type type)
{
	uint32_t node = json_member(json, object, name);

	return node && json->nodes[node].type == type;
}

static void find_bad_checks(const struct json *json, struct words *problems, struct arena *arena)
{
	uint32_t checks = json_member(json, 0, "checks");

	for (uint32_t at = checks ? json_first(json, checks) : 0; at; at = json->nodes[at].next)
		if (!is_type(json, at, "ok", JSON_TRUE))
			words_add(problems, arena,
				  arena_format(arena, "health: %s: %s",
					       shown(json, at, "name", arena),
					       shown(json, at, "reason", arena)));
}

static void find_health(const struct overview_machine *machine, struct words *problems,
			struct arena *arena)
{
	size_t before = problems->count;
	struct json json;

	if (!open_part(&machine->parts[SOURCE_HEALTH], &json))
		return;
	find_bad_checks(&json, problems, arena);
	if (problems->count == before && !is_type(&json, 0, "healthy", JSON_TRUE))
		words_add(problems, arena, "health: this boot is not healthy");
	json_free(&json);
}

static void find_slot(const struct overview_machine *machine, struct words *problems,
		      struct arena *arena)
{
	const char *running;
	uint32_t slots, slot;
	struct json json;

	if (!open_part(&machine->parts[SOURCE_SLOT], &json))
		return;
	running = shown(&json, 0, "running", arena);
	slots = json_member(&json, 0, "slots");
	slot = slots ? json_member(&json, slots, running) : 0;
	if (slot && is_type(&json, slot, "good", JSON_FALSE))
		words_add(
			problems, arena,
			arena_format(arena, "slot: %s runs and has not been marked good", running));
	json_free(&json);
}

struct words overview_problems(const struct overview_machine *machine, struct arena *arena)
{
	struct words problems = { 0 };

	for (int i = 0; i < SOURCES; i++)
		if (!machine->parts[i].text)
			words_add(&problems, arena,
				  arena_format(arena, "%s: %s", overview_source_names[i],
					       machine->parts[i].why));
	find_health(machine, &problems, arena);
	find_slot(machine, &problems, arena);
	if (machine->manager_why)
		words_add(&problems, arena, arena_format(arena, "units: %s", machine->manager_why));
	for (size_t i = 0; i < machine->failed.count; i++)
		words_add(&problems, arena,
			  arena_format(arena, "units: %s has failed", machine->failed.at[i]));
	if (machine->unhealthy > 0)
		words_add(&problems, arena,
			  arena_format(arena, "containers: %zu unhealthy", machine->unhealthy));
	return problems;
}

static void put_part(struct json_writer *writer, const char *name, const struct overview_part *part)
{
	json_put_format(writer, ",\"%s\":", name);
	json_put_text(writer, part->text ? part->text : "null");
}

void overview_put_machine(struct json_writer *writer, const struct overview_machine *machine,
			  struct arena *arena)
{
	struct words problems = overview_problems(machine, arena);

	document_open(writer, NULL, '{');
	document_flag(writer, "well", problems.count == 0);
	document_texts(writer, "problems", &problems);
	for (int i = 0; i < SOURCES; i++)
		put_part(writer, overview_source_names[i], &machine->parts[i]);
	if (!machine->manager_why)
		document_texts(writer, "failed_units", &machine->failed);
	document_open(writer, "containers", '{');
	document_number(writer, "running", machine->running);
	document_number(writer, "ended", machine->ended);
	document_number(writer, "unfinished", machine->unfinished);
	document_number(writer, "unhealthy", machine->unhealthy);
	document_close(writer, '}');
	document_close(writer, '}');
}

/* Whatever a part says, it does nothing to the terminal. */
static void line(struct json_writer *out, struct arena *arena, const char *title, const char *text)
{
	char *clean = arena_copy(arena, text, strlen(text));

	if (clean)
		text_clean(clean);
	json_put_format(out, "%-11s", title);
	json_put_text(out, clean ? clean : "");
	json_put_text(out, "\n");
}

static const char *describe_ready(const struct json *json, struct arena *arena)
{
	return arena_format(arena, "%s %s, from slot %s, ready after %s ms",
			    shown(json, 0, "version", arena), shown(json, 0, "arch", arena),
			    shown(json, 0, "slot", arena), shown(json, 0, "userspace_ms", arena));
}

static const char *describe_slot(const struct json *json, struct arena *arena)
{
	const char *text =
		arena_format(arena, "%s runs, %s starts next", shown(json, 0, "running", arena),
			     shown(json, 0, "next", arena));
	uint32_t slots = json_member(json, 0, "slots");

	for (uint32_t at = slots ? json_first(json, slots) : 0; at; at = json->nodes[at].next) {
		const struct json_node *node = &json->nodes[at];

		text = arena_format(
			arena, "%s; %.*s: priority %s, tries %s, good %s", text,
			(int)(node->key_end - node->key_start - 2),
			json->text + node->key_start + 1, shown(json, at, "priority", arena),
			shown(json, at, "tries", arena), shown(json, at, "good", arena));
	}
	return text;
}

static const char *describe_health(const struct json *json, struct arena *arena)
{
	(void)arena;
	return is_type(json, 0, "healthy", JSON_TRUE) ? "good" : "bad, see below";
}

static const char *describe_provision(const struct json *json, struct arena *arena)
{
	uint32_t node = json_member(json, 0, "time_s");
	char text[40] = "?";
	int64_t seconds = 0;
	struct tm utc;

	if (node && json_integer(json, node, &seconds) == 0) {
		time_t when = (time_t)seconds;

		if (gmtime_r(&when, &utc))
			strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &utc);
	}
	return arena_format(
		arena, "%s on %s",
		is_type(json, 0, "config", JSON_TRUE)
			? arena_format(arena, "config of %s", shown(json, 0, "source", arena))
			: "no config",
		text);
}

void overview_print_machine(struct json_writer *out, const struct overview_machine *machine,
			    struct arena *arena)
{
	static const char *(*const describe[SOURCES])(const struct json *, struct arena *) = {
		describe_ready, describe_slot, describe_health, describe_provision
	};
	struct words problems = overview_problems(machine, arena);

	for (int i = 0; i < SOURCES; i++) {
		struct json json;

		if (!open_part(&machine->parts[i], &json)) {
			line(out, arena, overview_source_names[i], "not known, see below");
			continue;
		}
		line(out, arena, overview_source_names[i], describe[i](&json, arena));
		json_free(&json);
	}
	line(out, arena, "units",
	     machine->manager_why ? "not known, see below"
				  : arena_format(arena, "%zu failed", machine->failed.count));
	line(out, arena, "containers",
	     arena_format(arena, "%zu running, %zu ended, %zu starting, %zu unhealthy",
			  machine->running, machine->ended, machine->unfinished,
			  machine->unhealthy));
	for (size_t i = 0; i < problems.count; i++)
		line(out, arena, "problem", problems.at[i]);
	if (problems.count == 0)
		json_put_text(out, "all is well\n");
}
