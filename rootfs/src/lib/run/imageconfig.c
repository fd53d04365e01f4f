// SPDX-License-Identifier: Apache-2.0
/* See imageconfig.h. Must never take what does not have the type that it should. */
#include "lib/run/imageconfig.h"
#include "lib/oci/fields.h"
#include "lib/oci/manifest.h"
#include <errno.h>
#include <string.h>

struct reader {
	struct json json;
	struct arena *arena;
	struct error *error;
};

static int bad(struct reader *reader, const char *name)
{
	return error_set(reader->error, -EBADMSG,
			 "the image's configuration: %s is not as it should be", name);
}

/* A string without zero bytes. */
static const char *text_at(struct reader *reader, uint32_t start, uint32_t end)
{
	const char *quoted = reader->json.text + start;
	size_t length = json_unquote(quoted, end - start, NULL, 0);
	char *text = arena_get(reader->arena, length + 1, 1);

	if (!text)
		return NULL;
	json_unquote(quoted, end - start, text, length);
	return memchr(text, '\0', length) ? NULL : text;
}

static const char *text_of(struct reader *reader, uint32_t node)
{
	const struct json_node *found = &reader->json.nodes[node];

	return found->type == JSON_STRING ? text_at(reader, found->start, found->end) : NULL;
}

/* NULL and empty are the same. */
static int read_text(struct reader *reader, uint32_t object, const char *name, const char **ret)
{
	uint32_t node = json_member(&reader->json, object, name);

	if (!node || reader->json.nodes[node].type == JSON_NULL)
		return 0;
	*ret = text_of(reader, node);
	if (!*ret)
		return bad(reader, name);
	if (**ret == '\0')
		*ret = NULL;
	return 0;
}

/* An array's strings, or an object's names. */
static int read_list(struct reader *reader, uint32_t node, const char *name, struct words *ret)
{
	const struct json_node *nodes = reader->json.nodes;

	if (nodes[node].type == JSON_NULL)
		return 0;
	if (nodes[node].count > RUN_IMAGE_LIST_MAX ||
	    (nodes[node].type != JSON_ARRAY && nodes[node].type != JSON_OBJECT))
		return bad(reader, name);
	for (uint32_t at = json_first(&reader->json, node); at; at = nodes[at].next) {
		const char *text =
			nodes[node].type == JSON_ARRAY
				? text_of(reader, at)
				: text_at(reader, nodes[at].key_start, nodes[at].key_end);

		if (!text)
			return bad(reader, name);
		words_add(ret, reader->arena, text);
	}
	return 0;
}

static int read_member(struct reader *reader, uint32_t object, const char *name, struct words *ret)
{
	uint32_t node = json_member(&reader->json, object, name);

	return node ? read_list(reader, node, name, ret) : 0;
}

static int read_number(struct reader *reader, uint32_t object, const char *name, int64_t divisor,
		       int64_t *ret)
{
	uint32_t node = json_member(&reader->json, object, name);

	if (!node)
		return 0;
	if (reader->json.nodes[node].type != JSON_NUMBER ||
	    json_integer(&reader->json, node, ret) < 0 || *ret < 0)
		return bad(reader, name);
	*ret /= divisor;
	return 0;
}

/* Times are nanoseconds. */
static int read_health(struct reader *reader, uint32_t config, struct run_image *ret)
{
	uint32_t node = json_member(&reader->json, config, "Healthcheck");
	int r;

	if (!node || reader->json.nodes[node].type != JSON_OBJECT)
		return 0;
	ret->has_health = true;
	r = read_member(reader, node, "Test", &ret->health);
	if (r == 0)
		r = read_number(reader, node, "Interval", 1000000, &ret->health_interval_ms);
	if (r == 0)
		r = read_number(reader, node, "Timeout", 1000000, &ret->health_timeout_ms);
	if (r == 0)
		r = read_number(reader, node, "StartPeriod", 1000000, &ret->health_start_period_ms);
	return r < 0 ? r : read_number(reader, node, "Retries", 1, &ret->health_retries);
}

static int read_all(struct reader *reader, uint32_t config, struct run_image *ret)
{
	int r = read_text(reader, config, "User", &ret->user);

	if (r == 0)
		r = read_text(reader, config, "WorkingDir", &ret->workdir);
	if (r == 0)
		r = read_text(reader, config, "StopSignal", &ret->stop_signal);
	if (r == 0)
		r = read_member(reader, config, "Env", &ret->env);
	if (r == 0)
		r = read_member(reader, config, "Entrypoint", &ret->entrypoint);
	if (r == 0)
		r = read_member(reader, config, "Cmd", &ret->command);
	if (r == 0)
		r = read_member(reader, config, "Volumes", &ret->volumes);
	return r < 0 ? r : read_health(reader, config, ret);
}

int run_image_parse(const char *text, size_t size, struct arena *arena, struct run_image *ret,
		    struct error *error)
{
	struct reader reader = { .arena = arena, .error = error };
	uint32_t config;
	int r;

	*ret = (struct run_image){ 0 };
	if (size > OCI_DOCUMENT_BYTES_MAX)
		return error_set(error, -EFBIG, "the image's configuration is too long");
	r = oci_parse_object(text, size, &reader.json, error);
	if (r < 0)
		return r;
	config = json_member(&reader.json, 0, "config");
	if (config && reader.json.nodes[config].type == JSON_OBJECT)
		r = read_all(&reader, config, ret);
	json_free(&reader.json);
	if (r == 0 && arena->exhausted)
		r = error_set(error, -ENOMEM, "out of memory");
	return r;
}

int run_words_parse(const char *text, struct arena *arena, struct words *ret, struct error *error)
{
	struct reader reader = { .arena = arena, .error = error };
	struct json_problem problem;
	int r = json_parse(text, strlen(text), 2 * RUN_IMAGE_LIST_MAX, &reader.json, &problem);

	if (r < 0)
		return error_set(error, -EBADMSG, "%s: %s", text, problem.text);
	if (reader.json.nodes[0].type == JSON_ARRAY)
		r = read_list(&reader, 0, "the array", ret);
	else
		r = error_set(error, -EBADMSG, "%s: no array of texts", text);
	json_free(&reader.json);
	return r;
}
