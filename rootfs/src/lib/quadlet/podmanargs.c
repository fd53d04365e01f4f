// SPDX-License-Identifier: Apache-2.0
/*
 * PodmanArgs=: options of podman's command line. Those that keelson-run has are taken over, any
 * other is an error: nothing is dropped in silence.
 */
#include "lib/quadlet/handlers.h"
#include "lib/text.h"
#include <string.h>

/* Options of keelson-run that no key has. */
static const struct extra {
	enum quadlet_kind kind;
	const char *name;
	bool flag;
} extras[] = {
	{ QUADLET_CONTAINER, "privileged", true },
	{ QUADLET_CONTAINER, "tty", true },
	{ QUADLET_CONTAINER, "interactive", true },
	{ QUADLET_CONTAINER, "no-hosts", true },
	{ QUADLET_CONTAINER, "tls-verify", true },
	{ QUADLET_CONTAINER, "authfile", false },
	{ QUADLET_CONTAINER, "arch", false },
	{ QUADLET_CONTAINER, "os", false },
	{ QUADLET_CONTAINER, "variant", false },
	{ QUADLET_CONTAINER, "platform", false },
	{ QUADLET_CONTAINER, "cpus", false },
	{ QUADLET_CONTAINER, "cpu-period", false },
	{ QUADLET_CONTAINER, "cpu-quota", false },
	{ QUADLET_CONTAINER, "cpu-shares", false },
	{ QUADLET_CONTAINER, "cpuset-cpus", false },
	{ QUADLET_CONTAINER, "cpuset-mems", false },
	{ QUADLET_CONTAINER, "memory-reservation", false },
	{ QUADLET_CONTAINER, "memory-swap", false },
	{ QUADLET_CONTAINER, "oom-score-adj", false },
	{ QUADLET_CONTAINER, "mac-address", false },
	{ QUADLET_CONTAINER, "umask", false },
	{ QUADLET_CONTAINER, "pid", false },
	{ QUADLET_CONTAINER, "ipc", false },
	{ QUADLET_CONTAINER, "uts", false },
	{ QUADLET_CONTAINER, "cgroupns", false },
	{ QUADLET_POD, "no-hosts", true },
	{ QUADLET_POD, "mac-address", false },
	{ QUADLET_IMAGE, "platform", false },
	{ QUADLET_IMAGE, "quiet", true },
};

/* podman's other names for them. */
static const struct {
	char letter;
	const char *name;
} letters[] = {
	{ 'v', "volume" },     { 'e', "env" },   { 'p', "publish" }, { 'l', "label" },
	{ 'h', "hostname" },   { 'u', "user" },  { 'w', "workdir" }, { 'm', "memory" },
	{ 'c', "cpu-shares" }, { 'o', "opt" },   { 't', "tty" },     { 'i', "interactive" },
	{ 'a', "all-tags" },   { 'q', "quiet" }, { 'd', "detach" },
};

/* What a container's unit does anyway. */
static const char *const done_anyway[] = { "rm", "replace", "detach" };

/* What the unit says of itself. */
static const char *const own[] = { "name", "sdnotify", "pod", "rootfs" };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_in(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* What is known of an option. */
struct option {
	bool flag;          /* takes no value */
	const char *values; /* the only ones it takes, or NULL */
};

static bool find_option(enum quadlet_kind kind, const char *name, struct option *ret)
{
	const struct quadlet_key *key = quadlet_sections[kind].keys;

	*ret = (struct option){ .flag = true };
	if (kind == QUADLET_CONTAINER && is_in(done_anyway, COUNT(done_anyway), name))
		return true;
	if (is_in(own, COUNT(own), name))
		return false;
	for (; key->name; key++) {
		ret->flag = key->apply == apply_flag;
		ret->values = key->prefix ? NULL : key->values;
		if (key->option && strcmp(key->option, name) == 0)
			return true;
	}
	ret->values = NULL;
	for (size_t i = 0; i < COUNT(extras); i++) {
		ret->flag = extras[i].flag;
		if (extras[i].kind == kind && strcmp(extras[i].name, name) == 0)
			return true;
	}
	return false;
}

static const char *long_name(char letter)
{
	for (size_t i = 0; i < COUNT(letters); i++)
		if (letters[i].letter == letter)
			return letters[i].name;
	return NULL;
}

struct arguments {
	struct conversion *c;
	const struct unit_line *line;
	struct words words;
	size_t at; /* the next one */
};

static void check_value(struct arguments *arguments, const char *name, const char *value,
			const char *values)
{
	if (values && !quadlet_is_open(value) && !text_is_one_of(values, value))
		quadlet_fail(arguments->c, arguments->line, QUADLET_BAD_VALUE,
			     "--%s=%s is not supported; there is: %s", name, value, values);
	if (strcmp(name, "security-opt") == 0 && text_starts(value, "label") &&
	    strcmp(value, "label=disable") != 0 && strcmp(value, "label:disable") != 0)
		quadlet_fail(arguments->c, arguments->line, QUADLET_REFUSED,
			     "not supported: %s: the kernel has no SELinux", value);
}

static void put(struct arguments *arguments, const char *name, const char *value)
{
	struct conversion *c = arguments->c;

	if (c->file->kind == QUADLET_CONTAINER && is_in(done_anyway, COUNT(done_anyway), name))
		return;
	if (value && c->file->kind == QUADLET_CONTAINER &&
	    quadlet_limit(c, arguments->line, name, value))
		return;
	if (value)
		quadlet_option(c, name, value);
	else
		quadlet_bare_option(c, name);
}

static void unknown(struct arguments *arguments, const char *word)
{
	quadlet_fail(arguments->c, arguments->line, QUADLET_REFUSED,
		     "%s is not supported: keelson-run has no such option", word);
}

/* name, and what may stand behind it in the same word. */
static void take_option(struct arguments *arguments, const char *word, const char *name,
			const char *value)
{
	struct option option;

	if (!find_option(arguments->c->file->kind, name, &option)) {
		unknown(arguments, word);
		return;
	}
	if (!option.flag && !value) {
		if (arguments->at == arguments->words.count) {
			quadlet_fail(arguments->c, arguments->line, QUADLET_BAD_VALUE,
				     "%s needs a value", word);
			return;
		}
		value = arguments->words.at[arguments->at++];
	}
	if (option.flag && value && strcmp(value, "true") == 0)
		value = NULL;
	if (value)
		check_value(arguments, name, value, option.flag ? "false" : option.values);
	put(arguments, name, value);
}

static void take_long(struct arguments *arguments, const char *word)
{
	struct arena *arena = arguments->c->arena;
	size_t length = strcspn(word + 2, "=");
	const char *name = arena_copy(arena, word + 2, length);
	const char *value = word[2 + length] == '=' ? word + 2 + length + 1 : NULL;

	if (name && strcmp(name, "net") == 0)
		name = "network";
	if (name)
		take_option(arguments, word, name, value);
}

/* "-v", "-vVALUE", "-v=VALUE", and flags together: "-it" */
static void take_short(struct arguments *arguments, const char *word)
{
	for (const char *at = word + 1; *at != '\0'; at++) {
		const char *name = long_name(*at), *value = NULL;
		struct option option;

		if (!name || !find_option(arguments->c->file->kind, name, &option)) {
			unknown(arguments, word);
			return;
		}
		if (!option.flag && at[1] != '\0')
			value = at + 1 + (at[1] == '=');
		take_option(arguments, word, name, value);
		if (!option.flag)
			return;
	}
}

void apply_podman_args(struct conversion *c, const struct quadlet_key *key)
{
	struct arguments arguments = { .c = c };
	const struct unit_line *line = unit_first(c->unit, c->section, key->name);

	for (; line; line = unit_next(line)) {
		arguments.line = line;
		quadlet_words(c, line, WORDS_ARGS, &arguments.words);
		while (arguments.at < arguments.words.count) {
			const char *word = arguments.words.at[arguments.at++];

			if (text_starts(word, "--") && word[2] != '\0')
				take_long(&arguments, word);
			else if (word[0] == '-' && word[1] != '\0' && word[1] != '-')
				take_short(&arguments, word);
			else
				quadlet_fail(c, line, QUADLET_REFUSED, "%s is no option", word);
		}
	}
}
