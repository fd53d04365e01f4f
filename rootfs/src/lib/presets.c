// SPDX-License-Identifier: Apache-2.0
/* See presets.h. Must never let a name end its line. */
#include "lib/presets.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A unit that has a line, or a part of one. */
struct preset {
	const struct ign_unit *unit;
	const char *at; /* the @ of an instance; NULL: no instance */
	const char *dot;
};

static struct preset preset_of(const struct ign_unit *unit)
{
	const char *name = unit->name.at;
	struct preset preset = { .unit = unit };

	preset.at = memchr(name, '@', unit->name.length);
	preset.dot = memrchr(name, '.', unit->name.length);
	if (!preset.at || !preset.dot || preset.dot < preset.at)
		preset.at = NULL;
	return preset;
}

/* As the text "NAME-enabled" or "NAME-disabled", NAME without the instance. */
static void write_key(const struct preset *preset, FILE *out)
{
	const struct ign_text *name = &preset->unit->name;
	const char *skip = preset->at ? preset->at + 1 : name->at + name->length;
	const char *from = preset->at ? preset->dot : skip;

	fwrite(name->at, 1, (size_t)(skip - name->at), out);
	fwrite(from, 1, (size_t)(name->at + name->length - from), out);
}

/* A piece of a key, byte by byte; -1 at its end. */
static int key_byte(const struct preset *preset, size_t index)
{
	const char *state = preset->unit->enabled == IGN_TRUE ? "-enabled" : "-disabled";
	const struct ign_text *name = &preset->unit->name;
	size_t head = preset->at ? (size_t)(preset->at + 1 - name->at) : name->length;
	size_t tail = preset->at ? (size_t)(name->at + name->length - preset->dot) : 0;

	if (index < head)
		return (unsigned char)name->at[index];
	index -= head;
	if (index < tail)
		return (unsigned char)preset->dot[index];
	index -= tail;
	return index < strlen(state) ? (unsigned char)state[index] : -1;
}

static int compare_keys(const struct preset *left, const struct preset *right)
{
	int a, b;

	for (size_t i = 0;; i++) {
		a = key_byte(left, i);
		b = key_byte(right, i);
		if (a != b || a < 0)
			return a - b;
	}
}

/* By key, in the config's order where the keys are the same. */
static int by_key(const void *a, const void *b)
{
	const struct preset *left = a, *right = b;
	int r = compare_keys(left, right);

	return r != 0 ? r : left->unit < right->unit ? -1 : left->unit > right->unit;
}

static void write_instance(const struct preset *preset, FILE *out)
{
	if (preset->at && preset->dot > preset->at + 1)
		fprintf(out, " %.*s", (int)(preset->dot - preset->at - 1), preset->at + 1);
}

static void write_lines(const struct preset *presets, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		bool more = i > 0 && compare_keys(&presets[i - 1], &presets[i]) == 0;

		/* a name that stands twice, without instances, has one line */
		if (more && !presets[i].at)
			continue;
		if (!more) {
			fprintf(out, "%s%s ", i > 0 ? "\n" : "",
				presets[i].unit->enabled == IGN_TRUE ? "enable" : "disable");
			write_key(&presets[i], out);
		}
		write_instance(&presets[i], out);
	}
	if (count > 0)
		fputc('\n', out);
}

int presets_format(const struct ign_systemd *systemd, char **ret)
{
	struct preset *presets = calloc(systemd->units.count + 1, sizeof(*presets));
	char *text = NULL;
	size_t size, count = 0;
	FILE *out = presets ? open_memstream(&text, &size) : NULL;

	for (size_t i = 0; out && i < systemd->units.count; i++)
		if (systemd->units.at[i].enabled != IGN_UNSET)
			presets[count++] = preset_of(&systemd->units.at[i]);
	if (out) {
		qsort(presets, count, sizeof(*presets), by_key);
		write_lines(presets, count, out);
	}
	free(presets);
	if (!out)
		return -ENOMEM;
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

bool unit_template(const struct ign_text *name, char ret[256])
{
	const char *at = memchr(name->at, '@', name->length);
	const char *dot = memrchr(name->at, '.', name->length);

	if (!at || !dot || dot <= at + 1 || name->length > 255)
		return false;
	memcpy(ret, name->at, (size_t)(at + 1 - name->at));
	strcpy(ret + (at + 1 - name->at), dot);
	return true;
}

const char *unit_name_problem(const struct ign_text *name, bool dropin)
{
	if (name->length == 0 || name->at[0] == '.')
		return "that is no name of a file";
	if (name->length > 250) /* ".d" follows it */
		return "the name is longer than 250 bytes";
	for (size_t i = 0; i < name->length; i++) {
		unsigned char c = (unsigned char)name->at[i];

		if (c == '/' || c < ' ' || c == 0x7f || (c == ' ' && !dropin))
			return "the name has a character that names of units cannot have";
	}
	return NULL;
}
