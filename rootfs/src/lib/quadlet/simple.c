// SPDX-License-Identifier: Apache-2.0
/* Handlers of keys that become options as they stand; see handlers.h. */
#include "lib/quadlet/handlers.h"
#include "lib/text.h"
#include <string.h>

static const char *with_prefix(struct conversion *c, const struct quadlet_key *key,
			       const char *value)
{
	return key->prefix ? arena_format(c->arena, "%s%s", key->prefix, value) : value;
}

void apply_text(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line;
	const char *value = quadlet_text(c, key->name, &line);

	if (!value)
		return;
	if (key->values && !quadlet_is_open(value) && !text_is_one_of(key->values, value))
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is not supported; there is: %s", value,
			     key->values);
	quadlet_option(c, key->option, with_prefix(c, key, value));
}

void apply_text_or_first(struct conversion *c, const struct quadlet_key *key)
{
	const char *first = arena_copy(c->arena, key->values, strcspn(key->values, " "));

	if (quadlet_text(c, key->name, NULL))
		apply_text(c, key);
	else
		quadlet_option(c, key->option, first ? first : "");
}

void apply_text_if_set(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_last(c->unit, c->section, key->name);

	if (line)
		quadlet_option(c, key->option, unit_value(line, c->arena));
}

void apply_lines(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	for (; line; line = unit_next(line))
		quadlet_option(c, key->option, line->value);
}

static void apply_each(struct conversion *c, const struct quadlet_key *key, struct words words)
{
	for (size_t i = 0; i < words.count; i++)
		quadlet_option(c, key->option, with_prefix(c, key, words.at[i]));
}

void apply_words(struct conversion *c, const struct quadlet_key *key)
{
	apply_each(c, key, quadlet_all_words(c, key->name, WORDS_LIST));
}

void apply_args(struct conversion *c, const struct quadlet_key *key)
{
	apply_each(c, key, quadlet_all_words(c, key->name, WORDS_ARGS));
}

void apply_lower(struct conversion *c, const struct quadlet_key *key)
{
	struct words words = quadlet_all_words(c, key->name, WORDS_LIST);

	for (size_t i = 0; i < words.count; i++) {
		char *word = arena_copy(c->arena, words.at[i], strlen(words.at[i]));

		for (char *at = word; at && *at != '\0'; at++)
			if (*at >= 'A' && *at <= 'Z')
				*at = (char)(*at - 'A' + 'a');
		quadlet_option(c, key->option, word ? word : "");
	}
}

void apply_paths(struct conversion *c, const struct quadlet_key *key)
{
	struct words words = quadlet_all_words(c, key->name, WORDS_ARGS);

	for (size_t i = 0; i < words.count; i++)
		quadlet_option(c, key->option, quadlet_absolute(c, words.at[i]));
}

static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return strcspn(b, "=") == length && memcmp(a, b, length) == 0;
}

static void put_pair(struct words *pairs, struct arena *arena, const char *pair)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (same_name(pairs->at[i], pair)) {
			pairs->at[i] = pair;
			return;
		}
	}
	words_add(pairs, arena, pair);
}

static bool is_variable_name(const char *word)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
				      "0123456789";

	return (word[0] < '0' || word[0] > '9') && word[strspn(word, letters)] == '\0';
}

/* A word without = behind one that has it most often belongs to that one's value, or to what was
 * meant as a comment. Environment= alone has a meaning for names without a value. */
static void check_pairs(struct conversion *c, const struct unit_line *line, struct words words)
{
	bool environment = strcmp(line->key, "Environment") == 0, assigned = false;

	for (size_t i = 0; i < words.count; i++) {
		bool assigns = strchr(words.at[i], '=') != NULL;

		if (!assigns && (environment ? !is_variable_name(words.at[i]) : assigned))
			quadlet_warn(c, line, QUADLET_SYNTAX,
				     "%s has no =: a value with blanks needs quotes, "
				     "\"NAME=a value\"; a comment needs a line",
				     words.at[i]);
		assigned |= assigns;
	}
}

void apply_pairs(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);
	struct words pairs = { 0 };

	for (; line && pairs.count < WORDS_MAX; line = unit_next(line)) {
		struct words words = { 0 };

		quadlet_words(c, line, WORDS_ARGS, &words);
		check_pairs(c, line, words);
		for (size_t i = 0; i < words.count; i++)
			put_pair(&pairs, c->arena, words.at[i]);
	}
	if (line)
		quadlet_fail(c, line, QUADLET_BAD_VALUE, "more than %d names", WORDS_MAX);
	apply_each(c, key, pairs);
}

void apply_flag(struct conversion *c, const struct quadlet_key *key)
{
	if (!unit_last(c->unit, c->section, key->name))
		return;
	if (quadlet_flag(c, key->name, false))
		quadlet_bare_option(c, key->option);
	else
		quadlet_option(c, key->option, "false");
}

void apply_prefix_if(struct conversion *c, const struct quadlet_key *key)
{
	if (quadlet_flag(c, key->name, false))
		quadlet_option(c, key->option, key->prefix);
}

/* "1000", "2000-3000", "53/udp" */
static bool is_port_range(const char *text)
{
	static const char digits[] = "0123456789";
	size_t first = strspn(text, digits);

	text += first;
	if (first > 0 && *text == '-') {
		first = strspn(++text, digits);
		text += first;
	}
	return first > 0 &&
	       (*text == '\0' || strcmp(text, "/tcp") == 0 || strcmp(text, "/udp") == 0);
}

void apply_ports(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	for (; line; line = unit_next(line)) {
		if (!quadlet_is_open(line->value) && !is_port_range(line->value))
			quadlet_fail(c, line, QUADLET_BAD_VALUE, "%s is no port or range of ports",
				     line->value);
		quadlet_option(c, key->option, line->value);
	}
}

void refuse(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	if (line)
		quadlet_fail(c, line, QUADLET_REFUSED, "not supported: %s", key->why);
}
