// SPDX-License-Identifier: Apache-2.0
/* See state.h. What is written here is read by keelson-run alone. */
#include "lib/run/state.h"
#include "lib/oci/fields.h"
#include "lib/run/document.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* The members that are numbers, once for both ways. */
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "pid", offsetof(struct run_state, pid) },
	{ "pid_started", offsetof(struct run_state, pid_started) },
	{ "started_ms", offsetof(struct run_state, started_ms) },
	{ "stop_timeout_ms", offsetof(struct run_state, stop_timeout_ms) },
	{ "health_interval_ms", offsetof(struct run_state, health.interval_ms) },
	{ "health_timeout_ms", offsetof(struct run_state, health.timeout_ms) },
	{ "health_start_period_ms", offsetof(struct run_state, health.start_period_ms) },
	{ "health_startup_interval_ms", offsetof(struct run_state, health.startup_interval_ms) },
	{ "health_startup_timeout_ms", offsetof(struct run_state, health.startup_timeout_ms) },
};
static const struct {
	const char *name;
	size_t offset;
} small[] = {
	{ "stop_signal", offsetof(struct run_state, stop_signal) },
	{ "health_retries", offsetof(struct run_state, health.retries) },
	{ "health_startup_retries", offsetof(struct run_state, health.startup_retries) },
	{ "health_startup_successes", offsetof(struct run_state, health.startup_successes) },
};
static const struct {
	const char *name;
	size_t offset;
} lists[] = {
	{ "labels", offsetof(struct run_state, labels) },
	{ "health", offsetof(struct run_state, health.command) },
	{ "health_startup", offsetof(struct run_state, health.startup) },
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void run_state_put(struct json_writer *writer, const struct run_state *state)
{
	const char *base = (const char *)state;

	document_open(writer, NULL, '{');
	document_text(writer, "name", state->name);
	document_text(writer, "image", state->image);
	document_text(writer, "manifest", state->manifest ? state->manifest : "");
	if (state->pod)
		document_text(writer, "pod", state->pod);
	for (size_t i = 0; i < COUNT(numbers); i++)
		document_number(writer, numbers[i].name,
				*(const uint64_t *)(const void *)(base + numbers[i].offset));
	for (size_t i = 0; i < COUNT(small); i++)
		document_number(writer, small[i].name,
				*(const unsigned *)(const void *)(base + small[i].offset));
	document_number(writer, "health_action", state->health.action);
	for (size_t i = 0; i < COUNT(lists); i++)
		document_texts(writer, lists[i].name,
			       (const struct words *)(const void *)(base + lists[i].offset));
	document_close(writer, '}');
}

struct reader {
	struct json json;
	struct arena *arena;
	bool bad;
};

static int64_t number(struct reader *reader, const char *name, int64_t max)
{
	uint32_t node = json_member(&reader->json, 0, name);
	int64_t value = 0;

	if (!node || reader->json.nodes[node].type != JSON_NUMBER ||
	    json_integer(&reader->json, node, &value) < 0 || value < 0 || value > max)
		reader->bad = true;
	return reader->bad ? 0 : value;
}

static const char *text(struct reader *reader, uint32_t node)
{
	const struct json_node *found = &reader->json.nodes[node];
	size_t room = found->end - found->start;
	char *out =
		node && found->type == JSON_STRING ? arena_get(reader->arena, room + 1, 1) : NULL;

	if (!out) {
		reader->bad = true;
		return "";
	}
	json_unquote(reader->json.text + found->start, room, out, room);
	return out;
}

static struct words list(struct reader *reader, const char *name)
{
	uint32_t node = json_member(&reader->json, 0, name);
	struct words words = { 0 };

	if (!node || reader->json.nodes[node].type != JSON_ARRAY) {
		reader->bad = true;
		return words;
	}
	for (uint32_t at = json_first(&reader->json, node); at; at = reader->json.nodes[at].next)
		words_add(&words, reader->arena, text(reader, at));
	return words;
}

static void read_all(struct reader *reader, struct run_state *ret)
{
	char *base = (char *)ret;

	ret->name = text(reader, json_member(&reader->json, 0, "name"));
	ret->image = text(reader, json_member(&reader->json, 0, "image"));
	ret->manifest = text(reader, json_member(&reader->json, 0, "manifest"));
	if (json_member(&reader->json, 0, "pod"))
		ret->pod = text(reader, json_member(&reader->json, 0, "pod"));
	for (size_t i = 0; i < COUNT(numbers); i++)
		*(uint64_t *)(void *)(base + numbers[i].offset) =
			(uint64_t)number(reader, numbers[i].name, INT64_MAX);
	for (size_t i = 0; i < COUNT(small); i++)
		*(unsigned *)(void *)(base + small[i].offset) =
			(unsigned)number(reader, small[i].name, INT32_MAX);
	ret->health.action = (enum health_action)number(reader, "health_action", HEALTH_STOP);
	for (size_t i = 0; i < COUNT(lists); i++)
		*(struct words *)(void *)(base + lists[i].offset) = list(reader, lists[i].name);
}

int run_state_parse(const char *bytes, size_t size, struct arena *arena, struct run_state *ret,
		    struct error *error)
{
	struct reader reader = { .arena = arena };
	int r = oci_parse_object(bytes, size, &reader.json, error);

	if (r < 0)
		return r;
	*ret = (struct run_state){ 0 };
	read_all(&reader, ret);
	json_free(&reader.json);
	return reader.bad ? error_set(error, -EBADMSG, "not what keelson-run writes") : 0;
}

void run_health_put(struct json_writer *writer, const struct health_state *state)
{
	document_open(writer, NULL, '{');
	document_text(writer, "status", health_status_name(state->status));
	document_number(writer, "state", state->status);
	document_number(writer, "started", state->started);
	document_number(writer, "successes", state->successes);
	document_number(writer, "failures", state->failures);
	document_close(writer, '}');
}

int run_health_parse(const char *bytes, size_t size, struct health_state *ret, struct error *error)
{
	struct reader reader = { 0 };
	int r = oci_parse_object(bytes, size, &reader.json, error);

	if (r < 0)
		return r;
	ret->status = (enum health_status)number(&reader, "state", HEALTH_UNHEALTHY);
	ret->started = number(&reader, "started", 1) == 1;
	ret->successes = (unsigned)number(&reader, "successes", INT32_MAX);
	ret->failures = (unsigned)number(&reader, "failures", INT32_MAX);
	json_free(&reader.json);
	return reader.bad ? error_set(error, -EBADMSG, "not what keelson-run writes") : 0;
}
